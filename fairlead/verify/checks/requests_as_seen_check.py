"""Do apps see requests as routes change them? Rewritten paths and hosts, and headers that are set or taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead.verify.asking import Asking
from fairlead.verify.class_promise import class_promise
from fairlead.verify.echo import Echo, echo
from fairlead.verify.naming import asked
from fairlead.verify.promise import Evidence, Promise, Verdict, broken, holds, unasked
from fairlead.verify.proxy_rewrite import rewritten_by
from fairlead.verify.proxy_route import found_route
from fairlead.verify.subject import Subject
from fairlead.verify.trial import Trial
from fairlead_mesh.model.classes.handled import handled
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.requests.request import UNKNOWN, Request
from fairlead_mesh.model.traffic.explanation import explanation

ORDER = 32
NAME = "requests_as_seen"
_NUMBER = 3
_SENT = "sent-by-fairlead-verify"
_SILENT = "the app does not tell what it got, as an echo server does, and no proxy can be asked"


def promises(subject: Subject) -> Iterator[Promise]:
    """One for each class of which an app sees something else than was sent."""
    for request, expected in subject.expectations:
        if expected.answered and (found := _promised(subject, request)):
            yield found


def _promised(subject: Subject, plain: Request) -> Promise | None:
    route = handled(subject.mesh, plain)
    removed = route.removed("request") if route else ()
    # What is removed has to be sent, or nobody sees that it is gone.
    request = plain.changed(headers={**dict.fromkeys(removed, _SENT), **plain.headers})
    expected = explanation(subject.mesh, request)
    seen = expected.constant("seen")
    changed = list(_changes(request, seen))
    if not changed:
        return None
    text = f"{asked(request)}: the app sees {', '.join(changed)}"
    how = f"{_NUMBER} requests, if the app tells what it got, else the route in the proxy"
    return class_promise(NAME, text, subject, (request, expected), how=how, requests=_NUMBER, details={"seen": seen})


def _changes(request: Request, seen: dict[str, Any]) -> Iterator[str]:
    if seen.get("path", request.path) != request.path:
        yield f"path {seen['path']}"
    if seen.get("host", request.authority) != request.authority:
        yield f"host {seen['host']}"
    headers = as_map(seen.get("headers"))
    for name in sorted({*request.headers, *headers}):
        if name not in headers:
            yield f"no {name}"
        elif headers[name] != request.headers.get(name):
            yield f"{name}: {headers[name]}"


def verdict(promise: Promise, asking: Asking) -> Verdict:
    """What the app says that it got, held against what it has to get."""
    if promise.request is None or promise.expected is None:
        return unasked(promise, "it has no request")
    trial = Trial(asking, promise.request)
    told = [found for answer in trial.batch(_NUMBER).answers if (found := echo(answer))]
    by = f"all {len(told)} answers tell it so"
    if not told:
        route = found_route(asking, promise.request)
        if route is None:
            return unasked(promise, _SILENT)
        told, by = [rewritten_by(route, promise.request)], "the route in the proxy does so; the app does not tell"
    wrong = [each for one in told for each in _wrong(promise.request, as_map(promise.details["seen"]), one)]
    said = "; ".join(dict.fromkeys(wrong)) or by
    evidence = Evidence(said, trial.sender.place, trial.sent, trial.seconds)
    return broken(promise, evidence) if wrong else holds(promise, evidence)


def _wrong(request: Request, wanted: dict[str, Any], got: Echo) -> Iterator[str]:
    if got.path is not None and got.path != wanted.get("path", got.path):
        yield f"the app got path {got.path}"
    if "host" in got.headers and got.headers["host"] != wanted.get("host", got.headers["host"]):
        yield f"the app got host {got.headers['host']}"
    headers = as_map(wanted.get("headers"))
    for name in sorted({*headers, *request.headers}):
        seen = got.headers.get(name)
        if name not in headers and seen is not None:
            yield f"the app got {name}: {seen}"
        elif name in headers and seen not in (headers[name], UNKNOWN):
            yield f"the app got {f'{name}: {seen}' if seen else f'no {name}'}"
