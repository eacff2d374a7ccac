"""What does a server make of a request that reaches it? mTLS, tokens, policies, and then the app."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fairlead_mesh.model.objects.item import Item, by_age
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.model.pods.sidecars import has_sidecar
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.protocols import HTTP, parsed, service_protocol
from fairlead_mesh.model.reach import reach
from fairlead_mesh.model.requests.app import answer, seen_by_app
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.security.access import verdict
from fairlead_mesh.model.security.authorization import policies_of
from fairlead_mesh.model.security.call import Call
from fairlead_mesh.model.security.tokens import checked
from fairlead_mesh.model.traffic.hosts import Endpoint
from fairlead_mesh.model.traffic.mesh import Mesh, workload_name
from fairlead_mesh.model.traffic.outcome import CLOSED, OUTSIDE, RESET, Outcome, Step
from fairlead_mesh.model.traffic.patches import INBOUND, Through, patched
from fairlead_mesh.model.traffic.proxy_ports import at_proxy_port
from fairlead_mesh.model.traffic.refusals import DENIED, denied_by, unauthenticated, unread

PLAIN, MTLS, SIMPLE = "plain text", "mTLS", "TLS"
STRICT, DISABLE = "STRICT", "DISABLE"
UNDESCRIBED = "is not described by these objects"
_TERMINATED = "upstream connect error or disconnect/reset before headers. reset reason: connection termination"


@dataclass(frozen=True)
class Arrival:
    """A request as it comes to an endpoint: what is spoken (`PLAIN`, `MTLS` or `SIMPLE`), the caller's identity, and
    whether the caller's side reads it as HTTP. `attempt` counts from 0."""

    endpoint: Endpoint
    request: Request
    speaks: str
    identity: str = ""
    attempt: int = 0
    is_http: bool = True
    sni: str = ""


def arrives(mesh: Mesh, arrival: Arrival) -> Outcome:
    """What becomes of it there."""
    workload = arrival.endpoint.workload
    if workload is None:
        return _outside(mesh, arrival)
    if not has_sidecar(mesh.graph, workload):
        if arrival.speaks != PLAIN:
            text = f"{workload_name(workload)} has no sidecar and does not support {arrival.speaks}"
            return Outcome(error=RESET, at_once=True, steps=(Step(text, workload.item),))
        step = Step(f"{workload_name(workload)} is reached in plain text: it has no sidecar", workload.item)
        return _app(mesh, arrival, workload, arrival.request, "").after(step)
    own = at_proxy_port(workload, arrival.endpoint.port, arrival.request, encrypted=arrival.speaks != PLAIN)
    return own or _sidecar(mesh, arrival, workload)


def _sidecar(mesh: Mesh, arrival: Arrival, workload: Workload) -> Outcome:
    port = arrival.endpoint.port
    mode, said_by = mesh.peers.of_port(workload, port)
    if (arrival.speaks == PLAIN and mode == STRICT) or (arrival.speaks == MTLS and mode == DISABLE):
        text = f"{workload_name(workload)} rejects {arrival.speaks} on port {port}: mTLS is {mode} there"
        body = _TERMINATED if arrival.speaks == PLAIN else None
        return Outcome(error=RESET, at_once=arrival.speaks != PLAIN, body=body, steps=(Step(text, said_by),))
    if arrival.speaks == SIMPLE:
        text = f"{workload_name(workload)} does not terminate TLS that is not Istio's: the app gets it unchanged"
        return Outcome(error=RESET, at_once=True, steps=(Step(text, said_by),))
    taken = Step(f"{workload_name(workload)} accepts {arrival.speaks} on port {port} (mTLS {mode})", said_by)
    identity = arrival.identity if arrival.speaks == MTLS else ""
    policies = policies_of(mesh.graph, workload.namespace, workload.labels)
    is_http = _speaks_http(mesh, arrival, workload)
    ended = (_request if is_http else _connection)(mesh, arrival, workload, policies, identity)
    return patched(Through(mesh, workload, INBOUND, port, is_http), [ended])[0].after(taken)


def _connection(mesh: Mesh, arrival: Arrival, workload: Workload, policies: tuple[Item, ...], identity: str) -> Outcome:
    """On a port that speaks no HTTP for the sidecar."""
    call = Call(identity, arrival.endpoint.port, None, sni=arrival.sni, trust_domains=mesh.trust_domains)
    found = verdict(policies, call, mesh.providers)
    if not found.allowed:
        return Outcome(error=CLOSED, steps=(denied_by(found.policy, found.reason),))
    return _app(mesh, arrival, workload, arrival.request, "").after(*_let_in(found.policy))


def _request(mesh: Mesh, arrival: Arrival, workload: Workload, policies: tuple[Item, ...], identity: str) -> Outcome:
    if ended := unread(mesh, arrival.request):
        return ended
    arrival = replace(arrival, request=mesh.read(arrival.request))
    token = checked(arrival.request, jwt_rules(mesh, workload), mesh.now)
    if token.refusal:
        return unauthenticated(arrival.request, token.refusal)
    call = Call(identity, arrival.endpoint.port, token.request, token.claims, arrival.sni,
                trust_domains=mesh.trust_domains)  # fmt: skip
    found = verdict(policies, call, mesh.providers)
    if not found.allowed:
        return Outcome(status=403, body=DENIED, steps=(denied_by(found.policy, found.reason),))
    reached = _app(mesh, arrival, workload, token.request, identity).after(*_let_in(found.policy))
    if reached.error in (RESET, CLOSED) and (arrival.is_http or arrival.request.scheme != "https"):
        return replace(reached, status=503, error="", body=_TERMINATED if reached.error == RESET else None)
    return reached


def _app(mesh: Mesh, arrival: Arrival, workload: Workload, request: Request, identity: str) -> Outcome:
    name, said = workload_name(workload), answer(request, arrival.attempt, obeys_headers=mesh.obeys_headers)
    received, seconds = ((name, 1.0),), said.seconds or None
    step = Step(f"the app {name} gets {request.method} {request.path} for {request.authority}", workload.item)
    port = _app_port(mesh, workload, arrival.endpoint.port)
    if mesh.obeys_headers and workload.ports and port not in workload.ports:
        deaf = Step(f"nothing listens on port {port} of {name}", workload.item)
        return Outcome(error=CLOSED, at_once=not has_sidecar(mesh.graph, workload), steps=(deaf,))
    if mesh.is_recorded and request.scheme == "https" and not arrival.is_http:
        step = Step(f"{name} does not support TLS on port {port}", workload.item)
        return Outcome(error=RESET, steps=(step,))
    if said.status is None:
        return Outcome(error=RESET, received=received, seconds=seconds, steps=(step,))
    seen = seen_by_app(request, port, identity)
    return Outcome(status=said.status, answered=name, received=received, seen=seen, seconds=seconds, steps=(step,))


def _outside(mesh: Mesh, arrival: Arrival) -> Outcome:
    """A server that no pod of this mesh is."""
    endpoint, outside = arrival.endpoint, mesh.outside
    to = endpoint.address or arrival.request.to
    if outside is None:
        return Outcome(open=f"{to} {UNDESCRIBED}")
    if not outside.is_everywhere and to != outside.address and to not in outside.names:
        step = Step(f"{to} does not resolve")
        return Outcome(status=503, body="no healthy upstream", steps=(step,)) if arrival.is_http else Outcome(
            error=RESET, steps=(step,)
        )  # fmt: skip
    spoken = outside.ports.get(endpoint.port)
    own_tls = arrival.request.scheme == "https" and not arrival.is_http
    encrypted = (arrival.speaks != PLAIN) != own_tls  # TLS within TLS is none that a server reads
    is_spoken = outside.is_everywhere or (spoken is not None and encrypted == (spoken == "https"))
    if arrival.speaks == MTLS or not is_spoken:
        step = Step(f"{to} does not support {arrival.speaks} on port {endpoint.port}")
        return Outcome(error=RESET, at_once=True, steps=(step,))
    step = Step(f"{to} answers on port {endpoint.port}, outside of the mesh")
    said = answer(arrival.request, arrival.attempt, obeys_headers=mesh.obeys_headers)
    ended = Outcome(received=((OUTSIDE, 1.0),), seconds=said.seconds or None, steps=(step,))
    if said.status is None:
        return replace(ended, error=RESET)
    return replace(ended, status=said.status, answered=OUTSIDE, seen=seen_by_app(arrival.request, endpoint.port, ""))


def jwt_rules(mesh: Mesh, workload: Workload) -> list[dict[str, object]]:
    """The rules of all RequestAuthentications that hold for these pods."""
    return [
        rule
        for item in mesh.graph.all_of_kind("RequestAuthentication")
        if reach(mesh.graph, item).holds_for(workload.namespace, workload.labels)
        for rule in as_maps(item.get("spec", "jwtRules"))
    ]


def _let_in(policy: Item | None) -> tuple[Step, ...]:
    return (Step(f"AuthorizationPolicy {policy.namespace}/{policy.name} allows the request", policy),) if policy else ()


def _speaks_http(mesh: Mesh, arrival: Arrival, workload: Workload) -> bool:
    """Whether the pods' sidecar reads HTTP on one of their ports: as its Sidecar's ingress or, without one, the
    Services that lead there say; else Envoy looks at what comes (buildInboundChainConfigs in listener_inbound.go)."""
    protocol = _protocol(mesh, workload, arrival.endpoint.port)
    return protocol in HTTP if protocol else arrival.is_http or arrival.request.scheme == "http"


def _protocol(mesh: Mesh, workload: Workload, port: int) -> str | None:
    """What the Sidecar's ingress or the oldest Service says, by host where none is older (SetServiceTargets in
    pilot/pkg/model/context.go)."""
    sidecar = mesh.proxy(workload).sidecar
    if sidecar and (listeners := sidecar.maps("spec", "ingress")):
        declared = (as_map(each.get("port")) for _, each in listeners)
        return next((parsed(each.get("protocol")) for each in declared if each.get("number") == port), None)
    for service in by_age(mesh.graph.services_of.get(workload, ())):
        for _, each in service.maps("spec", "ports"):
            if workload.number_of(each) == port:
                return service_protocol(each)
    return None


def _app_port(mesh: Mesh, workload: Workload, port: int) -> int:
    """The port of the app behind a sidecar's: another one where the Sidecar's ingress has a defaultEndpoint."""
    sidecar = mesh.proxy(workload).sidecar
    for _, each in sidecar.maps("spec", "ingress") if sidecar else ():
        given = str(each.get("defaultEndpoint") or "").rpartition(":")[2]
        if as_map(each.get("port")).get("number") == port and given.isdigit():
            return int(given)
    return port
