"""What does a gateway make of a connection? TLS, policies, and the routes that are bound to its port.

Sources: pilot/pkg/networking/core/gateway.go in istio/istio, and Istio's reference of Gateway.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from mesh.model.hostnames import patterns
from mesh.model.item import Item
from mesh.model.security.access import verdict
from mesh.model.security.authorization import policies_of
from mesh.model.security.call import POD, Call
from mesh.model.security.tokens import checked
from mesh.model.traffic.forwarding import Hop
from mesh.model.traffic.gateway_routes import bound_hosts, bound_routes, redirecting
from mesh.model.traffic.gateway_servers import Server, bound, servers
from mesh.model.traffic.mesh import Mesh, workload_name
from mesh.model.traffic.outcome import REFUSED, RESET, TLS, Outcome, Step, after
from mesh.model.traffic.patches import AT_GATEWAY, Through, patched
from mesh.model.traffic.proxies import Proxy
from mesh.model.traffic.request import INTERNET, Request
from mesh.model.traffic.routing import Place, routed
from mesh.model.traffic.server import DENIED, denied_by, jwt_rules, unauthenticated
from mesh.model.traffic.tcp_routes import Chain, chosen, connected, gateway_chains
from mesh.model.workloads import Workload

_ASKS_FOR_CERTIFICATES = ("MUTUAL", "OPTIONAL_MUTUAL")
_OF_THE_MESH = "ISTIO_MUTUAL"
_STRANGER = "stranger"


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

    def ended(self, error: str, text: str, item: Item | None = None) -> list[Outcome]:
        """The one end of every request there."""
        return [Outcome(error=error, steps=(Step(text, item),))]


def at_gateway(mesh: Mesh, workload: Workload, number: int, request: Request) -> list[Outcome]:
    """What becomes of a request that reaches a port of a gateway's pods."""
    port = _Port(mesh, workload, number, request)
    found = servers(mesh, workload, number)
    if not found:
        return port.ended(REFUSED, f"no Gateway opens port {number} at {workload_name(workload)}", workload.item)
    step = Step(f"port {number} of {workload_name(workload)}", found[0].item)
    reads = not found[0].is_bytes and not any(server.is_passed_through for server in found)
    return after(patched(Through(mesh, workload, AT_GATEWAY, number, reads), _at_port(port, found)), step)


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
    usable = [server for server in listed if _is_complete(port, server)]
    if not usable:
        return port.ended(
            REFUSED, "its certificate or its tls route does not exist, so nothing listens", listed[0].item
        )
    if port.request.scheme != "https":
        return port.ended(RESET, f"port {port.number} accepts TLS only", usable[0].item)
    server = _by_name(port.request.sni, usable)
    if server is None:
        return port.ended(RESET, f"no server has the server name {port.request.sni}", usable[0].item)
    if server.is_passed_through:
        return _passed_through(port, server)
    if refusal := _refusal(port, server):
        return port.ended(TLS, refusal, server.item)
    step = Step(f"TLS {server.mode or 'SIMPLE'} is terminated at the gateway for {port.request.sni}", server.item)
    plain = replace(port, request=port.request.changed(scheme="http"))
    return after(_bytes(plain, [server]) if server.is_bytes else _http(port, [server]), step)


def _by_name(sni: str, usable: Sequence[Server]) -> Server | None:
    named = {host: server for server in reversed(usable) for _, host in server.hosts}
    return next((named[each] for each in patterns(sni) if each in named), None)


def _is_complete(port: _Port, server: Server) -> bool:
    if server.is_passed_through:
        return bool(_chains(port, server, "tls"))
    name = server.tls.get("credentialName")
    return not name or port.mesh.certificate(port.workload.namespace, str(name)) is not None


def _refusal(port: _Port, server: Server) -> str:
    """Why the handshake fails for the client's certificate; empty where it does not."""
    if server.mode == _OF_THE_MESH:
        return "" if port.request.identity else "the client has no certificate of the mesh"
    if server.mode not in _ASKS_FOR_CERTIFICATES:
        return ""
    name = str(server.tls.get("credentialName") or "")
    if name and not port.mesh.certificate(port.workload.namespace, name):
        return f"secret {name} has no CA to verify the client's certificate"
    if port.request.client_certificate == _STRANGER:
        return "the client's certificate is not signed by a CA that the gateway trusts"
    required = server.mode == "MUTUAL" and not port.request.client_certificate
    return "the client sends no certificate" if required else ""


def _passed_through(port: _Port, server: Server) -> list[Outcome]:
    found = chosen(_chains(port, server, "tls"), port.request.sni)
    if found:
        return connected(_hop(port, found.item), found.route)
    return port.ended(RESET, f"no tls route has the server name {port.request.sni}", server.item)


def _bytes(port: _Port, listed: Sequence[Server]) -> list[Outcome]:
    for server in listed:
        for chain in _chains(port, server, "tcp"):
            return connected(_hop(port, chain.item), chain.route)
    return port.ended(REFUSED, f"no tcp route is bound to port {port.number}", listed[0].item)


def _chains(port: _Port, server: Server, kind: str) -> list[Chain]:
    items = bound(port.proxy, server)
    return [each for item in items for each in gateway_chains(item, kind, server.gateway, server.number)]


def _hop(port: _Port, item: Item) -> Hop:
    return Hop(port.mesh, port.proxy, port.request, {}, port.number, item, is_http=False)


def _http(port: _Port, listed: Sequence[Server]) -> list[Outcome]:
    port = replace(port, request=port.mesh.read(port.request))
    token = checked(port.request, jwt_rules(port.mesh, port.workload), port.mesh.now)
    if token.refusal:
        return [unauthenticated(port.request, token.refusal)]
    source = INTERNET if port.request.caller == INTERNET else POD
    identity = port.request.identity if listed[0].mode == _OF_THE_MESH else ""
    call = Call(identity, port.number, token.request, token.claims, port.request.sni, source,
                trust_domains=port.mesh.trust_domains)  # fmt: skip
    policies = policies_of(port.mesh.graph, port.workload.namespace, port.workload.labels)
    found = verdict(policies, call, port.mesh.providers)
    if not found.allowed:
        return [Outcome(status=403, body=DENIED, steps=(denied_by(found.policy, found.reason),))]
    ends = _routed(replace(port, request=token.request), listed, token.claims)
    certified = port.request.client_certificate and listed[0].mode in _ASKS_FOR_CERTIFICATES
    return [_without_identity(each) for each in ends] if certified else ends


def _without_identity(outcome: Outcome) -> Outcome:
    """A client certificate is told to the app beside the gateway's identity: which of them it reads, nobody knows."""
    seen = {key: value for key, value in (outcome.seen or {}).items() if key != "identity"}
    return replace(outcome, seen=seen or None)


def http_servers(mesh: Mesh, workload: Workload, number: int, request: Request) -> list[Server]:
    """The servers that read such a request as HTTP; none where nothing there does."""
    port = _Port(mesh, workload, number, request)
    found = servers(mesh, workload, number)
    plain = [server for server in found if not server.is_encrypted]
    if plain:
        return [] if plain[0].is_bytes or request.scheme == "https" else plain
    server = _by_name(request.sni, [each for each in found if _is_complete(port, each)])
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
