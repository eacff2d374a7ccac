"""How does a proxy hand a request on? Endpoint by endpoint, with retries and timeouts, and copies to mirrors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fairlead_mesh.model.graph import full_host
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.model.pods.sidecars import is_gateway
from fairlead_mesh.model.requests.handling import percentage, seconds
from fairlead_mesh.model.requests.handling_words import policy_in_words
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.requests.retries import Retries, at_another_pod, is_retried, retries
from fairlead_mesh.model.traffic.clusters import Cluster, Target, cluster, speaks
from fairlead_mesh.model.traffic.hosts import Endpoint
from fairlead_mesh.model.traffic.mesh import Mesh
from fairlead_mesh.model.traffic.outcome import CLOSED, RESET, Outcome, Step, after, received, shared
from fairlead_mesh.model.traffic.proxies import Proxy
from fairlead_mesh.model.traffic.server import MTLS, PLAIN, Arrival, arrives
from fairlead_mesh.model.traffic.server_identities import unexpected

_NO_ENDPOINTS = "no healthy upstream"
_TIMEOUT = "upstream request timeout"
_CONNECTION_FAILED = "upstream connect error or disconnect/reset before headers. {} remote connection failure"


@dataclass(frozen=True, eq=False)
class Hop:
    """From a proxy to a destination of a route (`spec`): `owner` is the object that the route stands in."""

    mesh: Mesh
    proxy: Proxy
    request: Request
    spec: Mapping[str, Any]
    listener: int
    owner: Item | None = None
    is_http: bool = True

    def to(self, destination: Mapping[str, Any]) -> Cluster:
        """The cluster of a destination that the route names: where it names no port, HTTP stays at a sidecar on the one
        that it came to (BuildSidecarOutboundVirtualHosts in httproute.go knows no other of a host)."""
        number = as_map(destination.get("port")).get("number")
        listener = self.listener if self.is_http and not self.proxy.is_gateway else None
        port = number if isinstance(number, int) else listener
        home = self.owner.namespace if self.owner else self.proxy.namespace
        host = full_host(str(destination.get("host") or ""), home)
        subset = str(destination.get("subset") or "")
        return cluster(self.mesh, self.proxy, Target(host, self.listener, subset, port))


def forwarded(hop: Hop, to: Cluster) -> list[Outcome]:
    """What becomes of a request that goes to a cluster."""
    if to.missing:
        step = Step(f"{to.name}: {to.missing}", hop.owner)
        return [Outcome(status=503, steps=(step,)) if hop.is_http else Outcome(error=CLOSED, steps=(step,))]
    rule = next(iter(to.rules), None)
    step = Step(f"to {to.name}{policy_in_words(to.settings)}", rule)
    if to.is_original and (asked := _asked(hop)):
        passed = Step(
            f"sent to the address that {hop.request.to}:{hop.request.port} has, whatever the route says", rule
        )
        return after(_spread(hop, to, asked), step, passed)
    if not to.endpoints:
        nobody = Step(f"{to.name} has no pods and no endpoints", rule)
        ended = Outcome(status=503, body=_NO_ENDPOINTS) if hop.is_http else Outcome(error=CLOSED)
        return [ended.after(step, nobody)]
    ends = _spread(hop, to, to.endpoints)
    if to.settings.get("outlierDetection"):
        watched = f"{hop.proxy.namespace}/{sorted(hop.proxy.labels.items(), key=str)} {to.name}"
        ends = [replace(each, watched=(*each.watched, watched)) for each in ends]
    return after(ends, step)


def _asked(hop: Hop) -> Sequence[Endpoint]:
    """Who is at the address that the client's pods connected to."""
    request, hosts = hop.request, hop.mesh.hosts
    target = hop.mesh.service(request.to, hop.proxy.namespace) if request.resolved else None
    port = target.port(request.port) if target else None
    if target is None or port is None:
        return [Endpoint(request.port, address=request.to, is_original=True)]
    pods = hosts.of_service(target, port)
    return [replace(each, port=request.port) for each in pods] if target.is_passed_on else pods


def _spread(hop: Hop, to: Cluster, endpoints: Sequence[Endpoint]) -> list[Outcome]:
    """Each endpoint gets an equal share; what cannot connect is tried at another one where the route lets it."""
    gateways = [each for each in endpoints if each.workload and is_gateway(each.workload)]
    each = [_tried(hop, to, endpoint) for endpoint in endpoints if endpoint not in gateways]
    failed = [outcome for outcome in each if outcome.at_once]
    others = [outcome for outcome in each if not outcome.at_once]
    policy = retries(hop.spec, hop.mesh.graph.mesh_config)
    hashed = as_map(to.settings.get("loadBalancer")).get("consistentHash")
    if hop.is_http and failed and others and not (gateways or hashed) and at_another_pod(policy):
        return _of_a_pool(to, shared(others, 1 / len(others)))
    ends = [_answered(outcome, policy) if hop.is_http else outcome for outcome in each]
    reached = [outcome for gateway in gateways for outcome in _through(hop, to, gateway)]
    ends += [replace(each, status=503, error="") if hop.is_http and each.error else each for each in reached]
    return _of_a_pool(to, shared(ends, 1 / len(endpoints)))


def _of_a_pool(to: Cluster, ends: list[Outcome]) -> list[Outcome]:
    return ends if len(to.endpoints) <= 1 else [replace(each, pools=(to.name, *each.pools)) for each in ends]


def _through(hop: Hop, to: Cluster, endpoint: Endpoint) -> list[Outcome]:
    """What a gateway makes of it, as an egress gateway or one that pods call."""
    from fairlead_mesh.model.gateways.gateway_traffic import at_gateway  # noqa: PLC0415 - a gateway forwards as well

    workload = endpoint.workload
    if workload is None:
        return []
    request, spoken = hop.request, speaks(hop.mesh, to, endpoint)
    if spoken == MTLS and (other := unexpected(hop.mesh, to, workload)):
        return [Outcome(error=RESET, steps=(Step(other, hop.owner),))]
    if spoken != PLAIN:
        # The rule's name, else Istio's own of the cluster; other TLS takes that of the Host header (auto_sni).
        sni = to.server_name if spoken == MTLS else str(as_map(to.settings.get("tls")).get("sni") or request.host)
        identity = hop.mesh.identity(hop.proxy) if spoken == MTLS else ""
        request = request.changed(scheme="https", sni=sni, identity=identity, inside=request.scheme)
    return at_gateway(hop.mesh, workload, endpoint.port, request)


def _tried(hop: Hop, to: Cluster, endpoint: Endpoint) -> Outcome:
    """One request at one endpoint, as often as the route tries it."""
    policy = retries(hop.spec, hop.mesh.graph.mesh_config) if hop.is_http else Retries(0, frozenset(), None)
    limit = seconds(hop.spec["timeout"]) if hop.is_http and hop.spec.get("timeout") else 0.0
    spent, times = 0.0, 0
    while True:
        outcome = _once(hop, to, endpoint, times, policy.per_try)
        took = outcome.seconds or 0.0
        times += 1
        if limit and spent + took > limit:
            step = Step(f"the route's timeout of {hop.spec['timeout']} ends it", hop.owner)
            ended = Outcome(status=504, body=_TIMEOUT, seconds=limit, received=outcome.received, steps=outcome.steps)
            return _counted(replace(ended, steps=(*ended.steps, step)), times)
        spent += took
        if outcome.at_once or times > policy.attempts or not is_retried(outcome, policy.on):
            return _counted(replace(outcome, seconds=spent or None), times)


def _once(hop: Hop, to: Cluster, endpoint: Endpoint, attempt: int, per_try: float | None) -> Outcome:
    spoken = speaks(hop.mesh, to, endpoint)
    if spoken == MTLS and (other := unexpected(hop.mesh, to, endpoint.workload)):
        return Outcome(error=RESET, at_once=True, steps=(Step(other, hop.owner),))
    identity = hop.mesh.identity(hop.proxy) if spoken == MTLS else ""
    sni = to.server_name if spoken == MTLS else ""
    arrival = Arrival(endpoint, hop.request, spoken, identity, attempt, hop.is_http, sni)
    outcome = arrives(hop.mesh, arrival)
    if per_try and (outcome.seconds or 0.0) > per_try:
        step = Step(
            f"perTryTimeout of {as_map(hop.spec.get('retries')).get('perTryTimeout')} ends the attempt", hop.owner
        )
        steps = (*outcome.steps, step)
        return Outcome(status=504, body=_TIMEOUT, seconds=per_try, received=outcome.received, steps=steps, cut=True)
    return outcome


def _counted(outcome: Outcome, times: int) -> Outcome:
    if times == 1 or not outcome.received:
        return outcome
    steps = (*outcome.steps, Step(f"tried {times} times"))
    return replace(outcome, received=tuple((name, float(times)) for name, _ in outcome.received), steps=steps)


def _answered(outcome: Outcome, policy: Retries) -> Outcome:
    """A connection that failed or broke, as the caller's proxy answers it: 503."""
    if outcome.error not in (RESET, CLOSED):
        return outcome
    tried = "retried and the latest reset reason:" if at_another_pod(policy) else "reset reason:"
    body = outcome.body or (_CONNECTION_FAILED.format(tried) if outcome.at_once else None)
    return replace(outcome, status=503, error="", body=body)


def mirrored(hop: Hop, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The same ends, with what mirrors of the route get of the request."""
    mirrors = ((as_map(each.get("destination")), percentage(each, 1.0)) for each in as_maps(hop.spec.get("mirrors")))
    copies = [_copied(hop, destination, share) for destination, share in mirrors if share]
    extra = tuple((name, times) for copy, _ in copies for name, times in copy.items())
    steps = tuple(step for _, step in copies)
    return [replace(each, received=(*each.received, *extra), steps=(*each.steps, *steps)) for each in outcomes]


def _copied(hop: Hop, destination: Mapping[str, Any], share: float) -> tuple[dict[str, float], Step]:
    to = hop.to(destination)
    copy = replace(hop, request=hop.request.changed(authority=_shadow(hop.request.authority)), spec={})
    got = received(forwarded(copy, to))
    step = Step(f"{share * 100:g} % mirrored to {to.name}", hop.owner)
    return {name: times * share for name, times in got.items()}, step


def _shadow(authority: str) -> str:
    """The Host header of a copy: Envoy marks the name, before its port."""
    name, colon, port = authority.partition(":")
    return f"{name}-shadow{colon}{port}"
