"""What does the route that takes a request do to it besides choosing who gets it? Its settings as they count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fairlead_mesh.model.classes.entrance import Entrance, Taker, entrance
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.requests.handling import seconds
from fairlead_mesh.model.requests.http_match import why_not
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.requests.retries import Retries, retries
from fairlead_mesh.model.route_settings import Settings, settings
from fairlead_mesh.model.traffic.clusters import Cluster
from fairlead_mesh.model.traffic.mesh import Mesh, workload_name
from fairlead_mesh.model.traffic.undecided import UndecidedError

_NAMED = {"httpHeaderName": "header", "httpQueryParameterName": "query"}


@dataclass(frozen=True)
class Sticky:
    """By what pods are chosen: a `header`, a `query` parameter or a `cookie` of a name, or the `address`. `workloads`
    are those that a pod is chosen of."""

    by: str
    name: str
    workloads: tuple[str, ...]


@dataclass(frozen=True)
class Handled:
    """The settings of a route, its timeout in seconds (None for none), its retries as they count, and whom it mirrors
    to: (destination, share of 1, its workloads)."""

    settings: Settings
    timeout: float | None
    retries: Retries
    mirrors: tuple[tuple[str, float, tuple[str, ...]], ...] = ()
    sticky: Sticky | None = None

    def removed(self, direction: str) -> tuple[str, ...]:
        """The headers that it takes away from a `request` or a `response`, in small letters."""
        return tuple(
            name.lower()
            for where, verb, names in self.settings.headers
            for name in names
            if (where, verb) == (direction, "remove")
        )


def handled(mesh: Mesh, request: Request) -> Handled | None:
    """None where no route takes it, or nobody can say which."""
    try:
        here = entrance(mesh, request)
        taker = _taker(here, mesh.read(request) if here.is_read else request)
        return _of(mesh, here, taker) if taker or here.straight else None
    except (UndecidedError, AttributeError, LookupError, TypeError, ValueError):  # objects can have any shape
        return None


def _taker(here: Entrance, request: Request) -> Taker | None:
    if here.at is None:
        return None
    for taker in here.takers:
        if not taker.match or why_not(taker.match, request, here.at, taker.route.item.namespace) is None:
            return taker
    return None


def _of(mesh: Mesh, here: Entrance, taker: Taker | None) -> Handled:
    spec: dict[str, Any] = dict(taker.route.spec) if taker else {}
    found = settings(spec)
    clusters = here.clusters(taker)
    copies = clusters[len(clusters) - len(found.mirrors) :] if found.mirrors else []
    mirrors = tuple(
        (to.name, mirror.percent / 100, tuple(workload_name(each.workload) for each in to.endpoints if each.workload))
        for to, mirror in zip(copies, found.mirrors, strict=True)
    )
    return Handled(
        found,
        seconds(spec["timeout"]) or None if spec.get("timeout") else None,
        retries(spec, mesh.graph.mesh_config),
        mirrors,
        _sticky(clusters[0]) if len(clusters) == 1 else None,
    )


def _sticky(to: Cluster) -> Sticky | None:
    hashed = as_map(as_map(to.settings.get("loadBalancer")).get("consistentHash"))
    workloads = tuple(workload_name(each.workload) for each in to.endpoints if each.workload)
    for key, by in _NAMED.items():
        if hashed.get(key):
            return Sticky(by, str(hashed[key]), workloads)
    if cookie := as_map(hashed.get("httpCookie")):
        return Sticky("cookie", str(cookie.get("name")), workloads)
    return Sticky("address", "", workloads) if hashed.get("useSourceIp") else None
