"""What does a gateway make of a connection? TLS, policies, and the routes that are bound to its port.

Sources: pilot/pkg/networking/core/gateway.go in istio/istio, and Istio's reference of Gateway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from fairlead_mesh.model.gateways.gateway_routes import bound_hosts, bound_routes, redirecting
from fairlead_mesh.model.gateways.gateway_servers import Server, named_server, servers
from fairlead_mesh.model.gateways.handshakes import (
    ASKS_FOR_CERTIFICATES,
    OF_THE_MESH,
    handshake_refusal,
    is_complete,
)
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.requests.request import INTERNET, Request
from fairlead_mesh.model.security.access import verdict
from fairlead_mesh.model.security.authorization import policies_of
from fairlead_mesh.model.security.call import POD, Call
from fairlead_mesh.model.security.tokens import checked
from fairlead_mesh.model.traffic.forwarding import Hop
from fairlead_mesh.model.traffic.mesh import Mesh, workload_name
from fairlead_mesh.model.traffic.outcome import CLOSED, REFUSED, RESET, TLS, Outcome, Step, after
from fairlead_mesh.model.traffic.patches import AT_GATEWAY, Through, patched
from fairlead_mesh.model.traffic.proxies import Proxy
from fairlead_mesh.model.traffic.proxy_ports import at_proxy_port
from fairlead_mesh.model.traffic.refusals import DENIED, denied_by, unauthenticated, unread, with_headers_of_route
from fairlead_mesh.model.traffic.route_choice import Place
from fairlead_mesh.model.traffic.routing import routed
from fairlead_mesh.model.traffic.server import jwt_rules
from fairlead_mesh.model.traffic.tcp_routes import chosen, connected, server_chains


@dataclass(frozen=True, eq=False)
class _Port:
    """A port of a gateway's pods, and the request that reaches it."""

    mesh: Mesh
    workload: Workload
    number: int
    request: Request

    @property
    def proxy(self) -> Proxy:
        return self.mesh.proxy(self.workload)

    @property
    def source(self) -> str:
        return INTERNET if self.request.caller == INTERNET else POD

    @property
    def server_name(self) -> str:
        return self.request.sni if self.request.scheme == "https" else ""

    @property
    def inside(self) -> str:
        """The scheme of what is in the TLS that comes there, or of what comes without."""
        return self.request.inside or "http"

    def ended(self, error: str, text: str, item: Item | None = None) -> list[Outcome]:
        """The one end of every request there."""
        return [Outcome(error=error, steps=(Step(text, item),))]


def at_gateway(mesh: Mesh, workload: Workload, number: int, request: Request) -> list[Outcome]:
    """What becomes of a request that reaches a port of a gateway's pods."""
    if own := at_proxy_port(workload, number, request):
        return [replace(own, through=(workload_name(workload),))]
    port = _Port(mesh, workload, number, request)
    found = servers(mesh, workload, number)
    if not found:
        return port.ended(REFUSED, f"no Gateway opens port {number} at {workload_name(workload)}", workload.item)
    step = Step(f"port {number} of {workload_name(workload)}", found[0].item)
    reads = not found[0].is_bytes and not any(server.is_passed_through for server in found)
    ends = patched(Through(mesh, workload, AT_GATEWAY, number, reads), _at_port(port, found))
    return after([replace(each, through=(workload_name(workload), *each.through)) for each in ends], step)


def _at_port(port: _Port, found: Sequence[Server]) -> list[Outcome]:
    plain = [server for server in found if not server.is_encrypted]
    if not plain:
        return _encrypted(port, found)
    if plain[0].is_bytes:
        return _bytes(port, plain)
    if port.request.scheme == "https":
        return port.ended(RESET, f"port {port.number} has no TLS")
    return _http(port, plain)


def _encrypted(port: _Port, listed: Sequence[Server]) -> list[Outcome]:
    usable = [server for server in listed if is_complete(port.mesh, port.workload, server)]
    if not usable:
        return port.ended(
            REFUSED, "its certificate or its tls route does not exist, so nothing listens", listed[0].item
        )
    if port.request.scheme != "https":
        return port.ended(RESET, f"port {port.number} accepts TLS only", usable[0].item)
    server = named_server(port.request.sni, usable)
    if server is None:
        return port.ended(RESET, f"no server has the server name {port.request.sni}", usable[0].item)
    if server.is_passed_through:
        return _bytes(port, [server], "tls")
    return _terminated(port, server)


def _terminated(port: _Port, server: Server) -> list[Outcome]:
    if refusal := handshake_refusal(port.mesh, port.workload, port.request, server):
        return port.ended(TLS, refusal, server.item)
    if not server.is_bytes and port.inside == "https":
        return port.ended(RESET, "TLS that a client began itself is inside of it, where HTTP is expected", server.item)
    step = Step(f"TLS {server.mode or 'SIMPLE'} is terminated at the gateway for {port.request.sni}", server.item)
    return after(_bytes(port, [server]) if server.is_bytes else _http(port, [server]), step)


def _bytes(port: _Port, listed: Sequence[Server], kind: str = "tcp") -> list[Outcome]:
    """By `tcp` routes, or by `tls` routes where what comes is passed through."""
    identity = port.request.identity if listed[0].mode == OF_THE_MESH else ""
    call = Call(identity, port.number, None, sni=port.server_name, source=port.source,
                trust_domains=port.mesh.trust_domains)  # fmt: skip
    for server in listed:
        if chain := chosen(server_chains(port.proxy, server, kind), port.request.sni if kind == "tls" else None):
            found = verdict(policies_of(port.mesh.graph, port.workload.namespace, port.workload.labels), call,
                            port.mesh.providers)  # fmt: skip
            if not found.allowed:
                return [Outcome(error=CLOSED, steps=(denied_by(found.policy, found.reason),))]
            request = port.request if kind == "tls" else port.request.changed(scheme=port.inside, inside="")
            hop = Hop(port.mesh, port.proxy, request, {}, port.number, chain.item, is_http=False)
            return connected(hop, chain.route)
    error, wanted = (RESET, port.request.sni) if kind == "tls" else (REFUSED, f"port {port.number}")
    return port.ended(error, f"no {kind} route is bound for {wanted}", listed[0].item)


def _http(port: _Port, listed: Sequence[Server]) -> list[Outcome]:
    if unreadable := unread(port.mesh, port.request):
        return [unreadable]
    port = replace(port, request=port.mesh.read(port.request))
    token = checked(port.request, jwt_rules(port.mesh, port.workload), port.mesh.now)
    if token.refusal:
        return _ended(port, listed, None, unauthenticated(port.request, token.refusal))
    identity = port.request.identity if listed[0].mode == OF_THE_MESH else ""
    call = Call(identity, port.number, token.request, token.claims, port.server_name, port.source,
                trust_domains=port.mesh.trust_domains)  # fmt: skip
    policies = policies_of(port.mesh.graph, port.workload.namespace, port.workload.labels)
    found = verdict(policies, call, port.mesh.providers)
    if not found.allowed:
        denied = Outcome(status=403, body=DENIED, steps=(denied_by(found.policy, found.reason),))
        return _ended(port, listed, token.claims, denied)
    ends = _routed(replace(port, request=token.request), listed, token.claims)
    certified = port.request.client_certificate and listed[0].mode in ASKS_FOR_CERTIFICATES
    return [each.without_identity for each in ends] if certified else ends


def _ended(port: _Port, listed: Sequence[Server], claims: Mapping[str, Any] | None, outcome: Outcome) -> list[Outcome]:
    """A refusal, with the headers that the route of such a request gives to every answer."""
    found = bound_routes(port.mesh, port.workload, listed, port.request.host)
    if found is None or redirecting(port.mesh, port.workload, listed, port.request.host):
        return [outcome]
    place = Place(port.mesh, port.proxy, port.request, replace(found.at, claims=claims))
    return with_headers_of_route(place, found.routes, outcome)


def http_servers(mesh: Mesh, workload: Workload, number: int, request: Request) -> list[Server]:
    """The servers that read such a request as HTTP; none where nothing there does."""
    found = servers(mesh, workload, number)
    plain = [server for server in found if not server.is_encrypted]
    if plain:
        return [] if plain[0].is_bytes or request.scheme == "https" else plain
    server = named_server(request.sni, [each for each in found if is_complete(mesh, workload, each)])
    reads = server and request.scheme == "https" and not (server.is_passed_through or server.is_bytes)
    return [server] if server and reads else []


def _routed(port: _Port, listed: Sequence[Server], claims: Mapping[str, Any] | None) -> list[Outcome]:
    if port.request.scheme == "http" and (to := redirecting(port.mesh, port.workload, listed, port.request.host)):
        step = Step("the Gateway redirects requests for this host to https", to.item)
        location = f"https://{port.request.authority}{port.request.path}"  # Envoy keeps the port of the Host header
        return [Outcome(status=301, answer={"location": location}, steps=(step,))]
    found = bound_routes(port.mesh, port.workload, listed, port.request.host)
    if found is None:
        near = get_close_matches(port.request.host, bound_hosts(port.mesh, port.workload, listed), n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        text = f"no VirtualService is bound to port {port.number} for {port.request.host}{hint}"
        step = Step(text, listed[0].item)
        return [Outcome(status=404, steps=(step,))]
    at = replace(found.at, claims=claims)
    step = Step(f"the gateway routes {found.domain}", found.item)
    return after(routed(Place(port.mesh, port.proxy, port.request, at), found.routes), step)
