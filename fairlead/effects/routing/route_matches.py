"""Which matches has a VirtualService at a gateway, in order? With its delegates' routes in their places.

A delegate's route holds for what both matches take, and inherits what only the root's route says; where the delegate is
not there, the root's route is none (Istio: pilot/pkg/model/virtualservice.go, mergeVirtualServicesIfNeeded).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from mesh.model.conditions import Conditions, conditions
from mesh.model.item import Item
from mesh.model.routes import Route, Routing, routing
from mesh.model.yaml_values import as_list, as_map, as_maps

MatchKey = tuple[str, str, frozenset[str]]
_INHERITED = (
    "rewrite",
    "timeout",
    "retries",
    "fault",
    "mirror",
    "mirrorPercentage",
    "mirrors",
    "corsPolicy",
    "headers",
)
_MERGED = ("headers", "withoutHeaders", "queryParams", "sourceLabels")


@dataclass(frozen=True, eq=False)
class RouteMatch:
    """One match of a route at its place: `match` is empty where the route takes every request."""

    routing: Routing
    route: Route
    match: Mapping[str, Any]

    @cached_property
    def asked(self) -> Conditions:
        return conditions(dict(self.match))

    @cached_property
    def key(self) -> MatchKey:
        return self.route.protocol, self.asked.prefix, self.asked.others


def route_matches(each: Routing, gateway: str, by_name: Mapping[tuple[str, str], Item | None]) -> Iterator[RouteMatch]:
    """Its routes at a gateway; `by_name` has all VirtualServices, with None for those that only the other side has."""
    for route in each.routes:
        named = as_map(route.spec.get("delegate"))
        key = str(named.get("namespace") or each.namespace), str(named.get("name"))
        if not named or key not in by_name:
            yield from (RouteMatch(each, route, match) for match in _matches(route, gateway))
        elif item := by_name[key]:
            inner = routing(item)
            yield from (
                RouteMatch(inner, _inheriting(taken, route), _both(match, narrower))
                for match in _matches(route, gateway)
                for taken in inner.routes
                for narrower in _matches(taken, gateway)
            )


def _inheriting(route: Route, root: Route) -> Route:
    """A delegate's route with what the root's says and it does not."""
    return replace(route, spec={**{key: root.spec[key] for key in _INHERITED if key in root.spec}, **route.spec})


def _both(match: Mapping[str, Any], narrower: Mapping[str, Any]) -> dict[str, Any]:
    merged = {key: {**as_map(match.get(key)), **as_map(narrower.get(key))} for key in _MERGED}
    return {**match, **narrower, **{key: value for key, value in merged.items() if value}}


def _matches(route: Route, gateway: str) -> Iterator[Mapping[str, Any]]:
    """The matches that hold at a gateway, without what only says so."""
    for match in as_maps(route.spec.get("match")) or [{}]:
        only = as_list(match.get("gateways"))
        if not only or gateway.rpartition("/")[2] in _short(only):
            yield {key: value for key, value in match.items() if key not in ("gateways", "name", "statPrefix")}


def _short(gateways: list[Any]) -> set[str]:
    return {str(each).rpartition("/")[2].partition(".")[0] for each in gateways}
