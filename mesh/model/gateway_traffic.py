"""What does a gateway make of a connection? Listener, TLS, virtual host, and the routes that are bound there.

Sources: pilot/pkg/networking/core/gateway.go in istio/istio, and Istio's reference of Gateway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mesh.model.access import Call, verdict
from mesh.model.authorization import policies_of
from mesh.model.graph import full_host
from mesh.model.hostnames import patterns
from mesh.model.http_match import At
from mesh.model.http_routes import HttpRoute, http_routes
from mesh.model.item import Item
from mesh.model.mesh import Mesh, workload_name
from mesh.model.outcome import CLOSED, REFUSED, RESET, TLS, Outcome, Step, after
from mesh.model.proxies import Proxy, by_age
from mesh.model.request import INTERNET, Request
from mesh.model.routing import routed
from mesh.model.server import DENIED, denied_by, jwt_rules, unauthenticated
from mesh.model.tcp_routes import connected, connection_routes
from mesh.model.tokens import checked
from mesh.model.workloads import Workload
from mesh.model.yaml_values import as_map
from mesh.routing import covers

_TERMINATED_MODES = ("SIMPLE", "MUTUAL", "OPTIONAL_MUTUAL", "ISTIO_MUTUAL")
_PASSED = ("PASSTHROUGH", "AUTO_PASSTHROUGH")
_STRANGER = "stranger"


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
    def tls(self) -> Mapping[str, Any]:
        return as_map(self.spec.get("tls"))

    @property
    def gateway(self) -> str:
        return f"{self.item.namespace}/{self.item.name}"


def at_gateway(mesh: Mesh, workload: Workload, port: int, request: Request) -> list[Outcome]:
    """What becomes of a request that reaches a port of a gateway's pods."""
    proxy = mesh.proxy(workload)
    found = list(_servers(mesh, workload, port))
    if not found:
        step = Step(f"no Gateway opens port {port} at {workload_name(workload)}", workload.item)
        return [Outcome(error=REFUSED, steps=(step,))]
    step = Step(f"port {port} of {workload_name(workload)}", found[0].item)
    encrypted = [server for server in found if server.protocol in ("HTTPS", "TLS") and not _is_plain(server)]
    plain = [server for server in found if server not in encrypted]
    if plain and plain[0].protocol in ("TCP", "MONGO", "MYSQL", "REDIS"):
        return after(_tcp(mesh, proxy, plain, port, request), step)
    if plain:
        if request.scheme == "https":
            return [Outcome(error=RESET, steps=(step, Step(f"port {port} speaks no TLS")))]
        return after(_http(mesh, proxy, workload, plain, port, request), step)
    return after(_tls(mesh, proxy, workload, encrypted, port, request), step)


def _is_plain(server: Server) -> bool:
    return server.protocol == "TLS" and not server.tls


def _servers(mesh: Mesh, workload: Workload, port: int) -> Iterator[Server]:
    for item in by_age(mesh.graph.gateways.values()):
        selector = as_map(item.get("spec", "selector"))
        if selector and not selector.items() <= workload.labels.items():
            continue
        for place, spec in item.maps("spec", "servers"):
            number = as_map(spec.get("port")).get("number")
            if isinstance(number, int) and port in _listeners(mesh, workload, number):
                hosts = tuple(_split(str(host), item.namespace) for _, host in item.entries(*place, "hosts"))
                yield Server(item, spec, hosts)


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


def _tls(
    mesh: Mesh, proxy: Proxy, workload: Workload, servers: Sequence[Server], port: int, request: Request
) -> list[Outcome]:
    usable = [server for server in servers if _has_certificate(mesh, workload, server)]
    open_here = [server for server in usable if not _is_passed(server) or _passes_somewhere(mesh, proxy, server, port)]
    if not open_here:
        step = Step("no server of the port is complete: a certificate or a tls route is missing", servers[0].item)
        return [Outcome(error=REFUSED, steps=(step,))]
    if request.scheme != "https":
        return [Outcome(error=RESET, steps=(Step(f"port {port} speaks TLS only"),))]
    named = {host: server for server in reversed(open_here) for _, host in server.hosts}
    server = next((named[each] for each in patterns(request.sni) if each in named), None)
    if server is None:
        return [Outcome(error=RESET, steps=(Step(f"no server has the server name {request.sni}"),))]
    if _is_passed(server):
        return _passed(mesh, proxy, server, port, request)
    if refusal := _client_refused(mesh, workload, server, request):
        return [Outcome(error=TLS, steps=(Step(refusal, server.item),))]
    step = Step(f"TLS {server.tls.get('mode', 'SIMPLE')} ends at the gateway for {request.sni}", server.item)
    return after(_http(mesh, proxy, workload, [server], port, request), step)


def _is_passed(server: Server) -> bool:
    return server.tls.get("mode") in _PASSED


def _has_certificate(mesh: Mesh, workload: Workload, server: Server) -> bool:
    name = server.tls.get("credentialName")
    return _is_passed(server) or not name or mesh.certificate(workload.namespace, str(name)) is not None


def _client_refused(mesh: Mesh, workload: Workload, server: Server, request: Request) -> str:
    mode, name = server.tls.get("mode"), str(server.tls.get("credentialName") or "")
    if mode not in ("MUTUAL", "OPTIONAL_MUTUAL"):
        return ""
    if not mesh.certificate(workload.namespace, name):
        return f"secret {name} has no CA to check the client's certificate by"
    if request.client_certificate == _STRANGER:
        return "the client's certificate is signed by nobody whom the gateway trusts"
    return "the client shows no certificate" if mode == "MUTUAL" and not request.client_certificate else ""


def _passes_somewhere(mesh: Mesh, proxy: Proxy, server: Server, port: int) -> bool:
    return any(item.entries("spec", "tls") or item.entries("spec", "tcp") for item in _bound(mesh, proxy, server))


def _passed(mesh: Mesh, proxy: Proxy, server: Server, port: int, request: Request) -> list[Outcome]:
    for item in _bound(mesh, proxy, server):
        for route in connection_routes(item, port, request.sni, server.gateway):
            return connected(mesh, proxy, item, route, request, port)
    return [Outcome(error=RESET, steps=(Step(f"no tls route has the server name {request.sni}", server.item),))]


def _tcp(mesh: Mesh, proxy: Proxy, servers: Sequence[Server], port: int, request: Request) -> list[Outcome]:
    for server in servers:
        for item in _bound(mesh, proxy, server):
            for route in connection_routes(item, port, "", server.gateway):
                return connected(mesh, proxy, item, route, request, port)
    return [Outcome(error=REFUSED, steps=(Step(f"no tcp route is bound to port {port}", servers[0].item),))]


def _bound(mesh: Mesh, proxy: Proxy, server: Server) -> list[Item]:
    return [
        item
        for item in proxy.virtual_services(server.gateway)
        if any(_hosts(server, full_host(str(host), item.namespace), item) for _, host in item.entries("spec", "hosts"))
    ]


def _hosts(server: Server, host: str, item: Item) -> Iterator[str]:
    """The hosts that a server and a VirtualService have in common, the narrower of each two."""
    for space, served in server.hosts:
        if space in ("*", item.namespace):
            if served == host or covers(served, host):
                yield host
            elif covers(host, served):
                yield served


def _http(
    mesh: Mesh, proxy: Proxy, workload: Workload, servers: Sequence[Server], port: int, request: Request
) -> list[Outcome]:
    if redirecting := next((each for each in servers if each.tls.get("httpsRedirect")), None):
        to = f"https://{request.authority.partition(':')[0]}{request.path}"
        step = Step("the Gateway redirects to https", redirecting.item)
        return [Outcome(status=301, answer={"location": to}, steps=(step,))]
    token = checked(request, jwt_rules(mesh, workload), mesh.now)
    if token.refusal:
        return [unauthenticated(request, token.refusal)]
    policies = policies_of(mesh.graph, workload.namespace, workload.labels)
    call = Call("", port, token.request, token.claims, request.sni, from_a_pod=request.caller != INTERNET)
    found = verdict(policies, call, mesh.providers)
    if not found.allowed:
        return [Outcome(status=403, body=DENIED, steps=(denied_by(found.policy, found.reason),))]
    domains: dict[str, list[tuple[str, Item]]] = {}
    for server in servers:
        for item in proxy.virtual_services(server.gateway):
            for _, host in item.entries("spec", "hosts"):
                for name in _hosts(server, full_host(str(host), item.namespace), item):
                    listed = domains.setdefault(name.lower(), [])
                    if (server.gateway, item) not in listed:
                        listed.append((server.gateway, item))
    domain = next((each for each in patterns(request.host) if each in domains), None)
    if domain is None:
        step = Step(f"no VirtualService is bound to port {port} for {request.host}", servers[0].item)
        return [Outcome(status=404, steps=(step,))]
    bound = domains[domain]
    routes = [route for _, item in bound for route in http_routes(item, mesh.graph)]
    if len({id(item) for _, item in bound}) > 1:
        routes = [*(each for each in routes if not _is_last(each)), *(each for each in routes if _is_last(each))]
    at = At(bound[0][0], port, proxy.namespace, proxy.labels, token.claims)
    step = Step(f"the gateway routes {domain}", bound[0][1])
    return after(routed(mesh, proxy, routes, token.request, at), step)


def _is_last(route: HttpRoute) -> bool:
    """Whether Envoy gets it behind those of other VirtualServices of the host."""
    return route.takes_everything


def from_internet(mesh: Mesh, request: Request) -> list[Outcome]:
    """What becomes of a request to the address of a gateway's Service."""
    namespace, _, name = request.gateway.partition("/")
    service = mesh.graph.services.get((namespace, name))
    pods = [] if service is None else mesh.graph.selected(namespace, as_map(service.get("spec", "selector")))
    if service is None or not pods:
        return [Outcome(error=REFUSED, steps=(Step(f"no Service {request.gateway} with pods is there"),))]
    port = next((each for _, each in service.maps("spec", "ports") if each.get("port") == request.port), None)
    target = pods[0].number_of(port) if port else None
    if target is None:
        step = Step(f"Service {request.gateway} has no port {request.port}", service)
        return [Outcome(error=REFUSED, steps=(step,))]
    return after(at_gateway(mesh, pods[0], target, request), Step(f"Service {request.gateway} port {request.port}", service))


