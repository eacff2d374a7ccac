"""Does every gateway answer at its address, and is it Envoy that answers?"""

from __future__ import annotations

import time
from collections.abc import Iterator

from fairlead.verify.asking import Asking
from fairlead.verify.naming import promise_id
from fairlead.verify.promise import Evidence, Promise, Verdict, broken, holds, unasked
from fairlead.verify.sending import TIMEOUT
from fairlead.verify.subject import Subject
from fairlead.verify.trial import Trial
from fairlead_mesh.model.requests.request import INTERNET
from fairlead_mesh.model.traffic.outcome import NO_NAME, REFUSED, TLS

ORDER = 10
NAME = "gateways"
_ENVOY = ("istio-envoy", "envoy")
_NUMBER = 3
_NOT_YET, _PAUSE = (NO_NAME, REFUSED, TIMEOUT), 2.0
"""How an address fails that is not ready yet, and seconds until it is asked again."""


def promises(subject: Subject) -> Iterator[Promise]:
    """One for each port of each gateway that the internet reaches with HTTP."""
    doors: dict[tuple[str, int], Promise] = {}
    for request, expected in subject.expectations:
        key = request.gateway, request.port
        if request.caller != INTERNET or request.scheme == "tcp" or key in doors or request.client_certificate:
            continue
        text = f"{request.scheme} port {request.port} of gateway {request.gateway} answers, and is Envoy"
        doors[key] = Promise(
            promise_id(NAME, text), NAME, request.gateway, text, f"{_NUMBER} requests and their header server", "",
            request.changed(method="GET", headers={}, claims=None), expected, _NUMBER,
        )  # fmt: skip
    yield from doors.values()


def verdict(promise: Promise, asking: Asking) -> Verdict:
    """Whatever the status, Envoy names itself; over TLS a name that no server has gets no answer, but a connection."""
    if promise.request is None:
        return unasked(promise, "it has no request")
    trial = Trial(asking, promise.request)
    until = time.monotonic() + asking.manners.patience
    answers = trial.batch(_NUMBER).answers
    while all(each.error in _NOT_YET for each in answers) and time.monotonic() < until:
        asking.progress.busy(f"waiting for {promise.request.gateway} port {promise.request.port}")
        time.sleep(_PAUSE)
        answers = trial.batch(_NUMBER).answers
    by = asking.access.address(promise.request.gateway, promise.request.port)
    servers = [each.header("server") or "nothing" for each in answers if each.status is not None]
    errors = [f"{each.error}: {each.why}" for each in answers if each.error]
    said = "; ".join(dict.fromkeys([*(f"server: {each}" for each in servers), *errors]))
    evidence = Evidence(f"{said} at {by.host}:{by.port}, {by.by}", trial.sender.place, trial.sent, trial.seconds)
    expects_no_answer = promise.expected is not None and promise.expected.errors == 1
    no_name = (
        promise.request.scheme == "https" and expects_no_answer and all(each.error not in ("", TLS) for each in answers)
    )
    if no_name or (len(servers) == len(answers) and all(each in _ENVOY for each in servers)):
        return holds(promise, evidence)
    return broken(promise, evidence)
