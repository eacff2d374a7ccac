"""Which servers do Gateways open at a gateway's pods, and which VirtualServices are bound there?

Sources: pilot/pkg/networking/core/gateway.go in istio/istio, and Istio's reference of Gateway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.model.graph import full_host
from fairlead_mesh.model.hostnames import covers, patterns
from fairlead_mesh.model.objects.item import Item, by_age
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.requests.http_match import At
from fairlead_mesh.model.traffic.http_routes import http_routes
from fairlead_mesh.model.traffic.mesh import Mesh
from fairlead_mesh.model.traffic.proxies import Proxy

_PASSED = ("PASSTHROUGH", "AUTO_PASSTHROUGH")
_BYTES = ("TCP", "MONGO", "MYSQL", "REDIS")


@dataclass(frozen=True, eq=False)
class Server:
    """A server of a Gateway: `hosts` are (namespace, host) of those whose VirtualServices it takes."""

    item: Item
    spec: Mapping[str, Any]
    hosts: tuple[tuple[str, str], ...]

    @property
    def protocol(self) -> str:
        return str(as_map(self.spec.get("port")).get("protocol") or "").upper()

    @property
    def number(self) -> int:
        """Its port as the Gateway names it, which matches compare."""
        number = as_map(self.spec.get("port")).get("number")
        return number if isinstance(number, int) else 0

    @property
    def redirects(self) -> bool:
        """Whether what is not https is sent to https."""
        return bool(self.tls.get("httpsRedirect"))

    @property
    def tls(self) -> Mapping[str, Any]:
        return as_map(self.spec.get("tls"))

    @property
    def mode(self) -> str:
        return str(self.tls.get("mode") or "")

    @property
    def gateway(self) -> str:
        return f"{self.item.namespace}/{self.item.name}"

    @property
    def is_encrypted(self) -> bool:
        return self.protocol == "HTTPS" or (self.protocol == "TLS" and bool(self.tls))

    @property
    def is_passed_through(self) -> bool:
        return self.mode in _PASSED

    @property
    def is_bytes(self) -> bool:
        """Whether the gateway does not read what is sent, or what is in the TLS that it terminates."""
        return self.protocol in _BYTES or (self.protocol == "TLS" and not self.is_passed_through)

    def at(self, proxy: Proxy, claims: Mapping[str, Any] | None = None) -> At:
        """Where its requests are routed."""
        return At(self.gateway, self.number, proxy.namespace, proxy.labels, claims)

    def shared_hosts(self, host: str, item: Item) -> Iterator[str]:
        """The hosts that it has in common with a VirtualService's, the narrower of each two."""
        for space, served in self.hosts:
            if space in ("*", item.namespace):
                if covers(served, host):
                    yield host
                elif covers(host, served):
                    yield served


def servers(mesh: Mesh, workload: Workload, port: int) -> list[Server]:
    """The servers that open a port of these pods, those of the oldest Gateway first."""
    found: list[Server] = []
    for item in by_age(mesh.graph.gateways.values()):
        selector = as_map(item.get("spec", "selector"))
        if selector.items() <= workload.labels.items():
            for place, spec in item.maps("spec", "servers"):
                number = as_map(spec.get("port")).get("number")
                if isinstance(number, int) and port in _listeners(mesh, workload, number):
                    hosts = tuple(_split(str(host), item.namespace) for _, host in item.entries(*place, "hosts"))
                    found.append(Server(item, spec, hosts))
    return found


def _listeners(mesh: Mesh, workload: Workload, number: int) -> set[int]:
    """The ports that the pods open for a server's: those that a Service of theirs leads to under its number."""
    targets = {
        workload.number_of(each)
        for service in mesh.graph.services_of.get(workload, ())
        for _, each in service.maps("spec", "ports")
        if each.get("port") == number
    }
    return {each for each in targets if each is not None} or {number}


def _split(host: str, namespace: str) -> tuple[str, str]:
    space, slash, name = host.rpartition("/")
    return ((namespace if space == "." else space) if slash else "*"), name


def named_server(sni: str, usable: Sequence[Server]) -> Server | None:
    """The server that a connection for a server name means, the nearest name first."""
    named = {host: server for server in reversed(usable) for _, host in server.hosts}
    return next((named[each] for each in patterns(sni) if each in named), None)


def bound(proxy: Proxy, server: Server) -> list[Item]:
    """The VirtualServices of a server, the oldest first."""
    return [
        item
        for item in proxy.virtual_services(server.gateway)
        if any(any(server.shared_hosts(host, item)) for host in hosts_of(item))
    ]


def hosts_of(item: Item) -> list[str]:
    """The hosts of a VirtualService by their full names."""
    return [full_host(str(host), item.namespace) for _, host in item.entries("spec", "hosts")]


def domains(proxy: Proxy, listed: Sequence[Server]) -> dict[str, list[tuple[Server, Item]]]:
    """Host -> the VirtualServices with HTTP routes that are bound for it, in their order."""
    found: dict[str, list[tuple[Server, Item]]] = {}
    for server in listed:
        for item in (each for each in bound(proxy, server) if http_routes(each, proxy.graph, server.at(proxy))):
            for host in hosts_of(item):
                for name in server.shared_hosts(host, item):
                    here = found.setdefault(name.lower(), [])
                    if not any(other is item and each.gateway == server.gateway for each, other in here):
                        here.append((server, item))
    return found


def redirecting_servers(
    known: Mapping[str, Sequence[tuple[Server, Item]]], listed: Sequence[Server]
) -> dict[str, Server]:
    """Host -> the server that redirects it to https: one that serves it for all namespaces, or one by which a
    VirtualService is bound (buildGatewayHTTPRouteConfig in gateway.go)."""
    found = {name: server for name, pairs in known.items() for server, _ in pairs if server.redirects}
    redirecting = [server for server in listed if server.redirects]
    own = {host.lower(): server for server in redirecting for space, host in server.hosts if space == "*"}
    return own | found
