"""Do the addons answer, and do they show what was just sent?"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator

from fairlead.verify.asking import Asking
from fairlead.verify.live.addon_answers import SHOWN, Just
from fairlead.verify.live.addon_http import AddonHttp
from fairlead.verify.live.live_access import live_access
from fairlead.verify.naming import promise_id
from fairlead.verify.promise import Evidence, Promise, Verdict, broken, holds, unasked
from fairlead.verify.sendable import untested
from fairlead.verify.sending import CannotSendError
from fairlead.verify.subject import Subject
from fairlead.verify.trial import Trial
from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.model.pods.sidecars import has_sidecar
from fairlead_mesh.model.requests.request import INTERNET, Request

ORDER = 90
"""After all that sends: the requests of other checks are then scraped already."""
NAME = "addons"
NUMBER = 6
"""Each worker of a proxy sends spans when it has five, or after five seconds (Envoy, runtime keys of tracing)."""
SOON, LATE = 8.0, 20.0
"""Seconds that an addon gets: for traces, and for metrics, which Prometheus asks for every 15 s."""
_OK = 200
_WORDS = {
    "Prometheus": "has counted the requests that were just sent",
    "Kiali": "draws the edge of the requests that were just sent",
    "Jaeger": "has a trace of the requests that were just sent",
    "Zipkin": "has a trace of the requests that were just sent",
    "Grafana": "is healthy",
    "Tempo": "has a trace of the requests that were just sent",
    "Loki": "is ready",
}


def promises(subject: Subject) -> Iterator[Promise]:
    """One for each addon of the stack file."""
    for addon in subject.config.addons.named if subject.config else ():
        product = addon.product.title
        text = f"{product} {_WORDS.get(product, 'answers')}"
        untested_, sends = "", product not in ("Grafana", "Loki")
        if product not in SHOWN:
            untested_ = f"what {product} shows is not known here"
        elif sends and _request(subject) is None:
            untested_ = "the stack has no request that an app with a proxy would answer"
        how = "" if untested_ else f"its API{f', after {NUMBER} requests' if sends else ''}"
        number = NUMBER if sends and not untested_ else 0
        yield Promise(promise_id(NAME, text), NAME, addon.key, text, how, untested_, requests=number)


def verdict(promise: Promise, asking: Asking) -> Verdict:
    """Ask its API, by a pod behind its Service."""
    addon = _addon(asking.subject, promise.about)
    if addon is None:
        return unasked(promise, "the stack file does not name it")
    product = addon.product.title
    http = AddonHttp(live_access(asking.access), addon)
    just = _sent(asking) if promise.requests else Just((), time.time())
    shown = SHOWN[product](http, just, LATE if product in ("Prometheus", "Kiali") else SOON)
    evidence = Evidence(shown.seen, f"Service {http.service} port {http.port}", promise.requests)
    return holds(promise, evidence) if shown.is_right else broken(promise, evidence)


def _addon(subject: Subject, key: str) -> Addon | None:
    named = subject.config.addons.named if subject.config else ()
    return next((each for each in named if each.key == key), None)


def _request(subject: Subject) -> tuple[Request, list[str]] | None:
    """One that comes from a gateway, or else from a client with a proxy, and is answered by an app."""
    found: list[tuple[bool, int, Request, list[str]]] = []
    for number, (request, expected) in enumerate(subject.expectations):
        apps = [
            name
            for name in expected.answered
            if (pods := subject.mesh.workload(name)) and has_sidecar(subject.mesh.graph, pods)
        ]
        if apps and expected.statuses.get(_OK) == 1 and not untested(subject, request, expected):
            found.append((request.caller != INTERNET, number, request, sorted(expected.received)))
    if not found:
        return None
    *_, request, workloads = min(found, key=lambda each: each[:2])
    return request, workloads


def _sent(asking: Asking) -> Just:
    """A few requests, each with a trace that is begun here, in either way in which proxies read it. Raises
    CannotSendError where none gets an answer."""
    chosen = _request(asking.subject)
    if chosen is None:
        raise CannotSendError("the stack has no request that an app with a proxy would answer")
    request, workloads = chosen
    since, traces, statuses = time.time(), [secrets.token_hex(16) for _ in range(NUMBER)], list[int]()
    for each in traces:
        span = secrets.token_hex(8)
        answers = Trial(asking, request, headers=begun_trace(each, span)).batch(1).answers
        statuses += [answer.status for answer in answers if answer.status is not None]
    if _OK not in statuses:
        raise CannotSendError(f"the requests that it should show got no 200: {statuses or 'no answer'}")
    return Just(workloads, since, traces)


def begun_trace(trace: str, span: str) -> dict[str, str]:
    """Headers that begin a trace, in the words of OpenTelemetry and of Zipkin. The last one has the first proxy keep
    it, however few it keeps otherwise: istiod allows that to every client (client_sampling)."""
    return {
        "traceparent": f"00-{trace}-{span}-01",
        "x-b3-traceid": trace,
        "x-b3-spanid": span,
        "x-b3-sampled": "1",
        "x-client-trace-id": trace,
    }
