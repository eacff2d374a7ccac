"""Where does a connection go that is no HTTP for the proxy? TCP and TLS routes, else the host that was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mesh.model.graph import full_host
from mesh.model.hostnames import patterns
from mesh.model.item import Item
from mesh.model.traffic.clusters import Target, cluster
from mesh.model.traffic.forwarding import Hop, forwarded
from mesh.model.traffic.hosts import Host, HostPort
from mesh.model.traffic.http_match import At, never
from mesh.model.traffic.mesh import Mesh
from mesh.model.traffic.outcome import Outcome, Step, after, shared
from mesh.model.traffic.proxies import Proxy
from mesh.model.traffic.request import Request
from mesh.model.virtual_service import MESH
from mesh.model.yaml_values import as_list, as_map, as_maps


def tcp_sent(mesh: Mesh, proxy: Proxy, host: Host, port: HostPort, request: Request) -> list[Outcome]:
    """What becomes of a connection of a sidecar's pods to a TCP or TLS port of a host."""
    named = {full_host(str(each), item.namespace): item for item in reversed(proxy.virtual_services(MESH, port.number))
             for _, each in item.entries("spec", "hosts")}  # fmt: skip
    item = next((named[each] for each in patterns(host.name) if each in named), None)
    at = At(MESH, port.number, proxy.namespace, proxy.labels)
    if item and (routes := connection_routes(item, at, request.sni if port.is_tls else "")):
        return connected(Hop(mesh, proxy, request, {}, port.number, item, is_http=False), routes[0])
    to = cluster(mesh, proxy, Target(host.name, port.number, port=port.number))
    spoken = port.protocol or "of a protocol that is not declared"
    step = Step(f"port {port.number} of {host.name} is {spoken}: its bytes are passed on")
    return after(forwarded(Hop(mesh, proxy, request, {}, port.number, is_http=False), to), step)


def connection_routes(item: Item, at: At, sni: str) -> list[Mapping[str, Any]]:
    """The `tls` and `tcp` routes of a VirtualService that take a connection, in their order."""
    found: list[Mapping[str, Any]] = [
        route
        for _, route in item.maps("spec", "tls")
        if sni and any(_meets(match, at, sni, item) for match in as_maps(route.get("match")))
    ]
    for _, route in item.maps("spec", "tcp"):
        matches = as_maps(route.get("match"))
        if not matches or any(_meets(match, at, "", item) for match in matches):
            found.append(route)
    return found


def _meets(match: Mapping[str, Any], at: At, sni: str, item: Item) -> bool:
    if never(match, at, item.namespace):
        return False
    hosts = [str(each) for each in as_list(match.get("sniHosts"))]
    return not hosts or (bool(sni) and any(each in hosts for each in patterns(sni)))


def connected(hop: Hop, route: Mapping[str, Any]) -> list[Outcome]:
    """What becomes of a connection that a `tcp` or `tls` route of the hop's owner takes."""
    listed: Sequence[Mapping[str, Any]] = as_maps(route.get("route"))
    weights = [float(each.get("weight") or 0) for each in listed]
    if len(listed) == 1:
        weights = [1.0]
    total = sum(weights) or 1.0
    found: list[Outcome] = []
    for each, weight in zip(listed, weights, strict=True):
        if weight:
            found += shared(forwarded(hop, hop.to(as_map(each.get("destination")))), weight / total)
    return after(found, Step(f"{hop.owner} matches the connection", hop.owner))
