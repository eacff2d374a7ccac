"""Who answers for a Host header at a sidecar: a VirtualService, or the Service itself?

Source: BuildSidecarOutboundVirtualHosts in pilot/pkg/networking/core/httproute.go of istio/istio.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fairlead_mesh.model.graph import full_host
from fairlead_mesh.model.hostnames import patterns
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.requests.http_match import At
from fairlead_mesh.model.traffic.hosts import Host, HostPort
from fairlead_mesh.model.traffic.http_routes import http_routes
from fairlead_mesh.model.traffic.mesh import Mesh
from fairlead_mesh.model.traffic.proxies import Proxy
from fairlead_mesh.model.virtual_service import MESH

_HTTP_PORT = 80
_Routing = Callable[[str], Item | None]


@dataclass(frozen=True, eq=False)
class VirtualHost:
    """Who answers for a Host header: a VirtualService, or the Service itself."""

    domain: str
    item: Item | None = None
    host: Host | None = None


def seen_hosts(proxy: Proxy, number: int) -> Iterator[tuple[Host, HostPort]]:
    """The hosts that a proxy knows at a port."""
    for host, port in proxy.catalogue.at_port.get(number, ()):
        if proxy.sees(host, number):
            yield host, proxy.reads(port)


def virtual_host(mesh: Mesh, proxy: Proxy, name: str, port: int) -> VirtualHost | None:
    """Who answers for a Host header on a port of a sidecar."""
    at = At(MESH, port, proxy.namespace, proxy.labels)

    def routing(host: str) -> Item | None:
        """The VirtualService for a host: the first that holds here."""
        bound = [item for own, item in proxy.catalogue.inside.get(host.lower(), ()) if own == host]
        for item in sorted(bound, key=proxy.rank) if len(bound) > 1 else bound:
            if proxy.imports_virtual_service(item, port) and http_routes(item, mesh.graph, at):
                return item
        return None

    for domain in patterns(name):
        found = [*_of_services(proxy, domain, port, routing), *_of_others(proxy, domain, port, routing)]
        if found:
            # Of those that claim a domain the first has it: VirtualServices in their order, then Services without one.
            return min(found, key=lambda each: (each.item is None, proxy.rank(each.item) if each.item else ()))
    return None


def _of_services(proxy: Proxy, domain: str, port: int, routing: _Routing) -> Iterator[VirtualHost]:
    """The first Service that a domain is a name of."""
    for namespace, host in proxy.catalogue.domains.get(domain, ()):
        if namespace in ("", proxy.namespace) and _is_http(proxy, host, port):
            item = next((found for each in patterns(host.name) if (found := routing(each))), None)
            yield VirtualHost(host.name, item, host)
            return


def _of_others(proxy: Proxy, domain: str, port: int, routing: _Routing) -> Iterator[VirtualHost]:
    """VirtualServices for a host that is no Service."""
    for host in dict.fromkeys(own for own, _ in proxy.catalogue.inside.get(domain, ())):
        item = routing(host)
        if item and not _means_services(proxy, host, port) and _is_open(proxy, port, item):
            yield VirtualHost(host, item)


def _is_http(proxy: Proxy, host: Host, number: int) -> bool:
    port = host.port(number)
    return port is not None and port.may_be_http and not host.alias_of and proxy.sees(host, number)


def _means_services(proxy: Proxy, host: str, port: int) -> bool:
    return any(_is_http(proxy, each, port) for each in proxy.catalogue.under.get(host, ()))


def _is_open(proxy: Proxy, port: int, item: Item) -> bool:
    """A host that is no Service is served on port 80, and on the ports of the Services beside it."""
    beside = [full_host(str(host), item.namespace) for _, host in item.entries("spec", "hosts")]
    return port == _HTTP_PORT or any(_means_services(proxy, host, port) for host in beside)
