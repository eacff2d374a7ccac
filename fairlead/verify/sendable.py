"""Can a request of a class be sent at all? Why not, before anybody tries."""

from __future__ import annotations

from collections.abc import Iterable

from fairlead.verify.subject import Subject
from fairlead_mesh.model.pods.sidecars import has_sidecar
from fairlead_mesh.model.pods.workloads import policed_pods
from fairlead_mesh.model.requests.request import INTERNET, Request
from fairlead_mesh.model.traffic.explanation import Explanation
from fairlead_mesh.model.traffic.mesh import workload_name
from fairlead_mesh.model.traffic.outcome import OUTSIDE, Outcome, Step

SAFE = ("GET", "HEAD", "OPTIONS")
_FAULTS = (" % aborted with ", " % delayed by ")
LIMITED = "answers 429"
POOLED = ", connectionPool "
"""What the steps of an outcome say where rate limits, and limits of connections, apply."""
_HEALTH = 15021
_OF_HTTP_2 = ("HTTP2", "GRPC")


def untested(subject: Subject, request: Request, expected: Explanation) -> str:
    """Why a request is not sent; empty where it can be."""
    if expected.open:
        return f"the model does not decide: {expected.open}"
    return subject.once_a_class(
        expected, lambda: _by_itself(subject, request) or _by_its_stack(subject, request, expected)
    )


def _by_itself(subject: Subject, request: Request) -> str:
    """What a request says that nobody here can send."""
    if request.scheme == "tcp" and request.port == _HEALTH:
        return f"port {_HEALTH} is the gateway's own, for health checks"
    if request.method not in SAFE:
        return f"{request.method} may change something, and is never sent"
    if request.claims is not None and not subject.token(request):
        return "it needs a token that its issuer has signed: give one with --token"
    if request.client_certificate and not subject.has_certificate:
        return "it needs a client certificate: name its file with --client-certificate"
    return ""


def _by_its_stack(subject: Subject, request: Request, expected: Explanation) -> str:
    if subject.is_protected and any(_is_faulty(each.steps) for each in expected.outcomes):
        return "the stack is protected, and faults are injected here"
    if expected.answered and all(_is_of_a_chart(subject, name) for name in expected.answered):
        return f"{' and '.join(expected.answered)} comes with a chart: whether addons answer has a check of its own"
    if reason := _of_others(subject, request, expected):
        return reason
    if request.caller != INTERNET and (policed := _policed(subject, expected)):
        return f"a NetworkPolicy says who reaches {policed}, and the pod that would send has no label of its clients"
    if subject.needs_labels(request):
        return f"the labels of {request.caller} matter, and a pod that has them would get requests of the app's"
    return _unspoken(subject, request, expected.outcomes)


def _is_of_a_chart(subject: Subject, name: str) -> bool:
    pods = subject.mesh.workload(name)
    # Stand-ins for apps that are deployed elsewhere are brought too, and stand where the stack file has the app.
    return pods is not None and pods.item.brought and pods.item.origin[:1] != ("apps",)


def _of_others(subject: Subject, request: Request, expected: Explanation) -> str:
    """What a stack cannot promise, as it is not its own."""
    if _is_outside(subject, request, expected):
        return "neither the client nor the host has a proxy, so the mesh has no part in it"
    if request.scheme == "tcp" and _is_bare(subject, request) and not any(each.through for each in expected.outcomes):
        return "no proxy counts connections of this client, and the server's waits for a first byte, which nobody sends"
    beside = _beside(subject, request, expected)
    return f"{beside} runs beside the stack, which does not say which pods it has" if beside else ""


def _is_outside(subject: Subject, request: Request, expected: Explanation) -> bool:
    """Whether a client without a sidecar asks a host outside of the mesh, through no gateway."""
    alone = all(each.answered == OUTSIDE and not each.through for each in expected.outcomes)
    return _is_bare(subject, request) and alone and bool(expected.outcomes)


def _is_bare(subject: Subject, request: Request) -> bool:
    """Whether its client is a pod without a proxy."""
    client = subject.mesh.workload(request.caller)
    return request.caller != INTERNET and (client is None or not has_sidecar(subject.mesh.graph, client))


def _beside(subject: Subject, request: Request, expected: Explanation) -> str:
    """An app that the stack file only names, so that its Service is known, and none of its pods."""
    client = subject.mesh.workload(request.caller)
    found = subject.mesh.service(request.to, client.namespace if client else "default")
    if found is None or expected.answered or not found.item.brought or found.item.origin[:1] != ("apps",):
        return ""
    service = subject.mesh.graph.services.get((found.item.namespace, found.item.name))
    return "" if service and subject.mesh.graph.pods_of(service) else found.name


def _policed(subject: Subject, expected: Explanation) -> str:
    """A workload that is reached, and whose connections a NetworkPolicy of the stack limits: where the cluster's
    network obeys it, a pod that sends is kept out."""
    found = {
        workload_name(pods)
        for policy in subject.mesh.graph.items
        if policy.kind == "NetworkPolicy"
        for pods in policed_pods(subject.mesh.graph.pods, policy)
    }
    return " and ".join(sorted(found & set(expected.answered)))


def says(expected: Explanation, words: str) -> bool:
    """Whether a step of one of the ends has these words."""
    return any(words in each.text for outcome in expected.outcomes for each in outcome.steps)


def _is_faulty(steps: Iterable[Step]) -> bool:
    return any(word in each.text for each in steps for word in _FAULTS)


def _unspoken(subject: Subject, request: Request, outcomes: Iterable[Outcome]) -> str:
    """Ports where HTTP/1.1 is not what is expected; a sidecar of the client makes HTTP/2 of it."""
    if request.caller == INTERNET or request.gateway:
        return ""
    caller = subject.mesh.workload(request.caller)
    found = subject.mesh.service(request.to, caller.namespace if caller else "default")
    port = found.port(request.port) if found else None
    translated = caller is not None and has_sidecar(subject.mesh.graph, caller)
    if port and port.protocol in _OF_HTTP_2 and not translated and any(each.answered for each in outcomes):
        return f"port {request.port} of {request.to} expects {port.protocol}, and HTTP/1.1 is sent"
    if request.scheme == "https" and port and port.is_tls and any(each.answered for each in outcomes):
        return f"port {request.port} of {request.to} expects TLS of its own kind"
    return ""
