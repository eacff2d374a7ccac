"""Where does a connection go that is no HTTP for the proxy? TCP and TLS routes, else the host that was asked for.

Sources: pilot/pkg/networking/core/tls.go and gateway.go in istio/istio.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.model.gateways.gateway_servers import Server, bound
from fairlead_mesh.model.graph import full_host
from fairlead_mesh.model.hostnames import covers, is_ip_address, patterns
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.requests.http_match import At, never
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.security.networks import in_networks
from fairlead_mesh.model.traffic.clusters import Target, cluster
from fairlead_mesh.model.traffic.forwarding import Hop, forwarded
from fairlead_mesh.model.traffic.hosts import Host, HostPort
from fairlead_mesh.model.traffic.mesh import Mesh
from fairlead_mesh.model.traffic.outcome import Outcome, Step, after, shared
from fairlead_mesh.model.traffic.proxies import Proxy
from fairlead_mesh.model.traffic.undecided import UndecidedError
from fairlead_mesh.model.virtual_service import MESH, gateway_key


def tcp_sent(mesh: Mesh, proxy: Proxy, host: Host, port: HostPort, request: Request) -> list[Outcome] | None:
    """What becomes of a connection of a sidecar's pods to a TCP or TLS port of a host; None where the host has routes
    by server names, but not by that of the connection."""
    items = [item for item in proxy.virtual_services(MESH, port.number) if _is_about(item, host.name)]
    at = At(MESH, port.number, proxy.namespace, proxy.labels)
    chains = [chain for item in items for chain in _chains(item, "tls" if port.is_tls else "tcp")
              if _holds(chain.match, at, item) and _leads_there(chain.match, mesh, proxy, request)]  # fmt: skip
    if found := chosen(chains, request.sni if port.is_tls else None):
        return connected(Hop(mesh, proxy, request, {}, port.number, found.item, is_http=False), found.route)
    if chains:
        return None
    to = cluster(mesh, proxy, Target(host.name, port.number, port=port.number))
    spoken = port.protocol or "of a protocol that is not declared"
    step = Step(f"port {port.number} of {host.name} is {spoken}: its bytes are passed on")
    return after(forwarded(Hop(mesh, proxy, request, {}, port.number, is_http=False), to), step)


def _is_about(item: Item, host: str) -> bool:
    names = [full_host(str(each), item.namespace) for _, each in item.entries("spec", "hosts")]
    return any(covers(name, host) or covers(host, name) for name in names)


@dataclass(frozen=True, eq=False)
class Chain:
    """A `tls` or `tcp` route of a VirtualService, for one of its matches."""

    item: Item
    route: Mapping[str, Any]
    match: Mapping[str, Any]

    @property
    def names(self) -> list[str]:
        """The server names that it is for."""
        return [str(each) for each in as_list(self.match.get("sniHosts"))]


def _chains(item: Item, kind: str) -> list[Chain]:
    listed = [(route, match) for _, route in item.maps("spec", kind) for match in as_maps(route.get("match")) or [{}]]
    return [Chain(item, route, match) for route, match in listed]


def server_chains(proxy: Proxy, server: Server, kind: str) -> list[Chain]:
    """The `tls` or `tcp` routes that are bound to a gateway's server, whoever its pods are (l4SingleMatch in
    gateway.go)."""
    at = At(server.gateway, server.number, "", {})
    return [each for item in bound(proxy, server) for each in _chains(item, kind)
            if _holds({key: each.match.get(key) for key in ("gateways", "port")}, at, item)]  # fmt: skip


def chosen(chains: Sequence[Chain], sni: str | None) -> Chain | None:
    """The first; with a server name, of those that are for it, the nearest name before others."""
    if sni is None:
        return next(iter(chains), None)
    return next((chain for name in patterns(sni) for chain in chains if name in chain.names), None)


def _holds(match: Mapping[str, Any], at: At, item: Item) -> bool:
    """matchTCP and matchTLS in tls.go: unlike those of HTTP, a match with gateways compares the source too."""
    gateways = [gateway_key(str(each), item.namespace) for each in as_list(match.get("gateways"))]
    rest = {key: value for key, value in match.items() if key != "gateways"}
    return (not gateways or at.gateway in gateways) and never(rest, at, item.namespace) is None


def _leads_there(match: Mapping[str, Any], mesh: Mesh, proxy: Proxy, request: Request) -> bool:
    """Whether a connection goes to one of the subnets of a match. Raises UndecidedError."""
    subnets = [str(each) for each in as_list(match.get("destinationSubnets"))]
    target = mesh.service(request.to, proxy.namespace) if request.resolved else None
    known = target.item.get("spec", "clusterIP") if target else request.to
    named = mesh.outside and request.to in mesh.outside.names
    address = mesh.outside.address if mesh.outside and named else str(known or "")
    if not subnets or any(each.endswith("/0") for each in subnets):
        return True
    if not is_ip_address(address):
        raise UndecidedError(f"the address of {request.to} decides: a match has {', '.join(subnets)}")
    return in_networks(subnets, "", address, {})


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
