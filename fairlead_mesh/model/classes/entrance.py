"""Which rules does a request meet on one side? The routes that its proxy has for it, and the policies behind them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fairlead_mesh.model.classes.conditions import Conjunction, of_handling, of_match, of_policy
from fairlead_mesh.model.classes.host_headers import HostHeaders, anything, at_gateway, at_sidecar
from fairlead_mesh.model.classes.rewrites import before_rewrite
from fairlead_mesh.model.gateways.gateway_routes import bound_routes
from fairlead_mesh.model.gateways.gateway_traffic import http_servers
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.model.pods.sidecars import has_sidecar, is_gateway
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.requests.http_match import At, never
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.security.authorization import policies_of
from fairlead_mesh.model.traffic.clusters import Cluster, Target, cluster
from fairlead_mesh.model.traffic.forwarding import Hop
from fairlead_mesh.model.traffic.http_routes import HttpRoute, Routes
from fairlead_mesh.model.traffic.mesh import Mesh
from fairlead_mesh.model.traffic.proxies import Proxy
from fairlead_mesh.model.traffic.virtual_hosts import virtual_host
from fairlead_mesh.model.virtual_service import MESH


@dataclass(frozen=True, eq=False)
class Taker:
    """A route with the one of its matches that takes requests (empty where it takes all), and what that asks."""

    route: HttpRoute
    match: dict[str, Any]
    asked: Conjunction


@dataclass(frozen=True, eq=False)
class Entrance:
    """What a request to a host meets: `takers` in their order, and what `policies` there ask. `straight` is the
    Service's own cluster, where no VirtualService is for it. `is_read`: the proxy reads it as HTTP."""

    mesh: Mesh
    proxy: Proxy | None
    at: At | None
    takers: tuple[Taker, ...] = ()
    policies: tuple[Conjunction, ...] = ()
    straight: Cluster | None = None
    host_headers: HostHeaders = field(default_factory=anything)
    is_read: bool = True
    domain: str = ""
    """The host that the routes are for, as a VirtualService or a Service names it."""
    _clusters: dict[int, list[Cluster]] = field(default_factory=dict[int, "list[Cluster]"])

    def clusters(self, taker: Taker | None) -> list[Cluster]:
        """Where the requests of a taker go."""
        if taker is None or self.proxy is None or self.at is None:
            return [self.straight] if self.straight and self.at is None else []
        if id(taker) not in self._clusters:
            hop = Hop(self.mesh, self.proxy, _NOTHING, taker.route.spec, self.at.port, taker.route.item)
            spec = taker.route.spec
            listed = [
                as_map(each.get("destination")) for key in ("route", "mirrors") for each in as_maps(spec.get(key))
            ]
            mirror = [as_map(spec["mirror"])] if spec.get("mirror") else []
            self._clusters[id(taker)] = [hop.to(each) for each in (*listed, *mirror)]
        return self._clusters[id(taker)]

    def told_apart(self, taker: Taker | None) -> list[Conjunction]:
        """What else tells requests of a taker apart: its handling, and the policies of those that get them."""
        behind = [each for pod in _pods(self.clusters(taker)) for each in asked_by_policies(self.mesh, pod)]
        if taker is None:
            return behind
        moved = (before_rewrite(each, taker.route.spec, taker.match) for each in dict.fromkeys(behind))
        return [*of_handling(taker.route.spec), *(each for each in moved if each)]

    @cached_property
    def likeness(self) -> Hashable | None:
        """Equal for two clients whose requests are treated alike; None where who they are may matter."""
        if not self.is_read:
            return None
        every = [self.clusters(taker) for taker in (*self.takers, None)]
        if any(policies_of(self.mesh.graph, pod.namespace, pod.labels) for to in every for pod in _pods(to)):
            return None
        routes = tuple((taker.route.item, taker.route.path, taker.asked) for taker in self.takers)
        to = tuple(tuple((one.name, one.missing, one.rules) for one in each) for each in every)
        scope = self.proxy and (self.proxy.sidecar, self.proxy.allows_any)
        return scope, self.at is None, routes, to


def _pods(to: list[Cluster]) -> list[Workload]:
    return list(dict.fromkeys(each.workload for one in to for each in one.endpoints if each.workload))


_NOTHING = Request("", "GET", "http", "", 0, "", "/")


def entrance(mesh: Mesh, request: Request) -> Entrance:
    """What such a request meets on one side."""
    if request.gateway:
        return _at_gateway(mesh, request)
    workload = mesh.workload(request.caller)
    target = mesh.service(request.to, workload.namespace) if workload else None
    own = Target(target.name, request.port, port=request.port) if target else None
    straight = cluster(mesh, mesh.proxy(workload), own) if workload and own else None
    if workload is None or request.scheme != "http" or not has_sidecar(mesh.graph, workload):
        return Entrance(mesh, None, None, straight=straight, is_read=request.scheme == "http")
    proxy = mesh.proxy(workload)
    found = virtual_host(mesh, proxy, request.host, request.port)
    at = At(MESH, request.port, proxy.namespace, proxy.labels)
    headers = at_sidecar(mesh, proxy, found, request.port)
    if found is None or found.item is None:
        straight = cluster(mesh, proxy, Target(found.domain, request.port)) if found else straight
        return Entrance(mesh, proxy, None, straight=straight, host_headers=headers)
    takers = tuple(_takers(mesh.routes(found.item), at))
    return Entrance(mesh, proxy, at, takers, straight=straight, host_headers=headers, domain=found.domain)


def _at_gateway(mesh: Mesh, request: Request) -> Entrance:
    namespace, _, name = request.gateway.partition("/")
    service = mesh.graph.services.get((namespace, name))
    pods = mesh.graph.selected(namespace, as_map(service.get("spec", "selector"))) if service else []
    port = (
        next((each for _, each in service.maps("spec", "ports") if each.get("port") == request.port), None)
        if service
        else None
    )
    number = pods[0].number_of(port) if pods and port else None
    if number is None:
        return Entrance(mesh, None, None)
    policies = tuple(asked_by_policies(mesh, pods[0]))
    listed = http_servers(mesh, pods[0], number, request)
    if not listed:
        return Entrance(mesh, None, None, policies=policies, is_read=False)
    found = bound_routes(mesh, pods[0], listed, request.host)
    headers = at_gateway(mesh, pods[0], number, request)
    if found is None:
        return Entrance(mesh, None, None, policies=policies, host_headers=headers)
    takers = tuple(_takers(found.routes, found.at))
    return Entrance(mesh, mesh.proxy(pods[0]), found.at, takers, policies,
                    host_headers=headers, domain=found.domain)  # fmt: skip


def _takers(routes: Routes, at: At) -> Iterator[Taker]:
    for route in routes.listed:
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
