"""Which route takes a request? The first whose match it meets; why not those before it; its destinations' shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload

from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.requests.http_match import At, why_not
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.traffic.http_routes import HttpRoute, Routes
from fairlead_mesh.model.traffic.mesh import Mesh
from fairlead_mesh.model.traffic.proxies import Proxy


@dataclass(frozen=True, eq=False)
class Place:
    """Where routes are asked: by which proxy, for which request."""

    mesh: Mesh
    proxy: Proxy
    request: Request
    at: At


def first_route(place: Place, routes: Routes) -> tuple[HttpRoute, Mapping[str, Any]] | None:
    """The first route that takes a request, and the match that does; None where none does."""
    for route in routes.for_path(place.request.bare_path):
        misses = [why_not(match, place.request, place.at, route.item.namespace) for match in route.matches]
        if not route.matches or None in misses:
            return route, route.matches[misses.index(None)] if route.matches else as_map(None)
    return None


class PassedOver(Sequence[str]):
    """Why the routes before the one that matches do not: worded where somebody reads it."""

    def __init__(self, place: Place, routes: Routes, until: HttpRoute | None = None):
        self._place, self._routes, self._until = place, routes, until

    @cached_property
    def _words(self) -> list[str]:
        listed = self._routes.listed
        before = listed[: listed.index(self._until)] if self._until else listed
        return [f"{route.name} does not match: {'; '.join(self._misses(route))}" for route in before]

    def _misses(self, route: HttpRoute) -> Iterator[str]:
        for match in route.matches:
            if said := why_not(match, self._place.request, self._place.at, route.item.namespace):
                yield said

    def __len__(self) -> int:
        return len(self._words)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self._words[index]


def weights(listed: Sequence[Mapping[str, Any]]) -> list[float]:
    """The share of each destination of a route; a lone one gets everything."""
    if len(listed) == 1:
        return [1.0]
    said = [_weight(each) for each in listed]
    total = sum(said)
    return [each / total if each else 0.0 for each in said]


def _weight(share: Mapping[str, Any]) -> float:
    weight = share.get("weight")
    return float(weight) if isinstance(weight, int | float) and weight > 0 else 0.0
