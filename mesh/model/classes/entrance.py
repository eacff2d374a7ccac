"""Which rules does a request meet on one side? The routes that its proxy has for it, and the policies behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mesh.apps import MESH
from mesh.model.classes.conditions import Conjunction, before_rewrite, of_handling, of_match, of_policy
from mesh.model.security.authorization import policies_of
from mesh.model.sidecars import has_sidecar, is_gateway
from mesh.model.traffic.clusters import Cluster, Target, cluster
from mesh.model.traffic.forwarding import Hop
from mesh.model.traffic.gateway_routes import bound_routes
from mesh.model.traffic.gateway_traffic import http_servers
from mesh.model.traffic.http_match import At, never
from mesh.model.traffic.http_routes import HttpRoute, http_routes
from mesh.model.traffic.mesh import Mesh
from mesh.model.traffic.proxies import Proxy
from mesh.model.traffic.request import INTERNET, Request
from mesh.model.traffic.sidecar_traffic import virtual_host
from mesh.model.workloads import Workload
from mesh.model.yaml_values import as_map, as_maps


@dataclass(frozen=True, eq=False)
class Taker:
    """A route with the one of its matches that takes requests (empty where it takes all), and what that asks."""

    route: HttpRoute
    match: dict[str, Any]
    asked: Conjunction


@dataclass(frozen=True, eq=False)
class Entrance:
    """What a request to a host meets: `takers` in their order, and what `policies` there ask. `straight` is the
    Service's own cluster, where no VirtualService is for it."""

    mesh: Mesh
    proxy: Proxy | None
    at: At | None
    takers: tuple[Taker, ...] = ()
    policies: tuple[Conjunction, ...] = ()
    straight: Cluster | None = None

    def told_apart(self, taker: Taker | None) -> list[Conjunction]:
        """What else tells requests of a taker apart: its handling, and the policies of those that get them."""
        if taker is None or self.proxy is None or self.at is None:
            pods = self._pods([self.straight] if self.straight else [])
            return [each for pod in pods for each in asked_by_policies(self.mesh, pod)]
        hop = Hop(self.mesh, self.proxy, _NOTHING, taker.route.spec, self.at.port, taker.route.item)
        to = [hop.to(as_map(each.get("destination"))) for each in as_maps(taker.route.spec.get("route"))]
        behind = dict.fromkeys(each for pod in self._pods(to) for each in asked_by_policies(self.mesh, pod))
        moved = (before_rewrite(each, taker.route.spec, taker.match) for each in behind)
        return [*of_handling(taker.route.spec), *(each for each in moved if each)]

    def _pods(self, to: list[Cluster]) -> list[Workload]:
        return list(dict.fromkeys(each.workload for one in to for each in one.endpoints if each.workload))


_NOTHING = Request("", "GET", "http", "", 0, "", "/")


def entrance(mesh: Mesh, request: Request) -> Entrance:
    """What such a request meets on one side."""
    if request.caller == INTERNET:
        return _at_gateway(mesh, request)
    workload = mesh.workload(request.caller)
    target = mesh.service(request.to, workload.namespace) if workload else None
    straight = cluster(mesh, mesh.proxy(workload), Target(target.name, request.port)) if workload and target else None
    if workload is None or request.scheme != "http" or not has_sidecar(mesh.graph, workload):
        return Entrance(mesh, None, None, straight=straight)
    proxy = mesh.proxy(workload)
    found = virtual_host(mesh, proxy, request.host, request.port)
    at = At(MESH, request.port, proxy.namespace, proxy.labels)
    if found is None or found.item is None:
        return Entrance(mesh, None, None, straight=straight)
    takers = tuple(_takers(http_routes(found.item, mesh.graph), at))
    return Entrance(mesh, proxy, at, takers, straight=straight)


def _at_gateway(mesh: Mesh, request: Request) -> Entrance:
    namespace, _, name = request.gateway.partition("/")
    service = mesh.graph.services.get((namespace, name))
    pods = mesh.graph.selected(namespace, as_map(service.get("spec", "selector"))) if service else []
    port = next((each for _, each in service.maps("spec", "ports") if each.get("port") == request.port), None) if service else None
    number = pods[0].number_of(port) if pods and port else None
    if number is None:
        return Entrance(mesh, None, None)
    policies = tuple(asked_by_policies(mesh, pods[0]))
    listed = http_servers(mesh, pods[0], number, request)
    found = bound_routes(mesh, pods[0], number, listed, request.host) if listed else None
    if found is None:
        return Entrance(mesh, None, None, policies=policies)
    return Entrance(mesh, mesh.proxy(pods[0]), found.at, tuple(_takers(found.routes, found.at)), policies)


def _takers(routes: tuple[HttpRoute, ...] | list[HttpRoute], at: At) -> Iterator[Taker]:
    for route in routes:
        if not route.matches:
            yield Taker(route, {}, ())
        for match in route.matches:
            if never(match, at, route.item.namespace) is None:
                yield Taker(route, dict(match), of_match(match))


def asked_by_policies(mesh: Mesh, workload: Workload) -> list[Conjunction]:
    """What the AuthorizationPolicies of pods ask of requests."""
    if not (is_gateway(workload) or has_sidecar(mesh.graph, workload)):
        return []
    return mesh.once(("policies", workload), lambda: list(_asked(mesh, workload)))


def _asked(mesh: Mesh, workload: Workload) -> Iterator[Conjunction]:
    for policy in policies_of(mesh.graph, workload.namespace, workload.labels):
        yield from mesh.once(("policy", policy), lambda policy=policy: of_policy(policy.spec))
