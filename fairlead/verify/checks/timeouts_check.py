"""Do routes end requests that take too long, at the promised time? Seen with a slow app, else in the proxy."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.verify.asking import Asking
from fairlead.verify.class_promise import class_promise
from fairlead.verify.naming import asked
from fairlead.verify.obedience import DISOBEYS, obeys, provoked
from fairlead.verify.promise import Evidence, Promise, Verdict, broken, holds, unasked
from fairlead.verify.proxy_route import proxy_route, seconds_of
from fairlead.verify.subject import Subject
from fairlead_mesh.model.classes.handled import handled

ORDER = 40
NAME = "timeouts"
_SLOWER, _FASTER = 1.5, 0.5
_SLACK = 0.25
"""Seconds, and the part of the timeout, that an end may come late: connections and a busy machine take time too."""
_TIMED_OUT = 504


def promises(subject: Subject) -> Iterator[Promise]:
    """One for each class whose route has a timeout and leads to an app."""
    for request, expected in subject.expectations:
        route = handled(subject.mesh, request) if expected.answered else None
        if route is None or route.timeout is None:
            continue
        text = f"{asked(request)}: times out after {route.timeout:g} s"
        how = "2 requests to the app made slow by a header, or else the route in the proxy's configuration"
        yield class_promise(
            NAME, text, subject, (request, expected), how=how, requests=3, details={"seconds": route.timeout}
        )


def verdict(promise: Promise, asking: Asking) -> Verdict:
    """One that takes longer has to end then, and one that takes less has to be answered."""
    limit = float(promise.details["seconds"])
    if promise.request is None:
        return unasked(promise, "it has no request")
    if asking.subject.is_protected or not obeys(asking, promise.request):
        return _in_the_proxy(promise, asking, limit)
    late = provoked(asking, promise.request, {"x-app-delay": f"{limit * _SLOWER + _SLACK:g}"}, limit * 4 + 5)
    soon = provoked(asking, promise.request, {"x-app-delay": f"{limit * _FASTER:g}"}, limit * 4 + 5)
    said = (
        f"an app that takes {limit * _SLOWER + _SLACK:g} s: {late.status or late.error} after {late.seconds:.2f} s; "
        f"one that takes {limit * _FASTER:g} s: {soon.status or soon.error} after {soon.seconds:.2f} s"
    )
    evidence = Evidence(said, requests=3, seconds=late.seconds)
    in_time = limit - 0.05 <= late.seconds <= limit * (1 + _SLACK) + _SLACK
    kept = late.status == _TIMED_OUT and in_time and soon.status not in (_TIMED_OUT, None)
    return holds(promise, evidence) if kept else broken(promise, evidence)


def _in_the_proxy(promise: Promise, asking: Asking, limit: float) -> Verdict:
    route = proxy_route(asking, promise.request) if promise.request else None
    if route is None:
        return unasked(promise, DISOBEYS)
    seen = seconds_of(route.get("timeout"))
    evidence = Evidence(f"the route in the proxy has {'no timeout' if not seen else f'timeout {seen:g} s'}")
    return holds(promise, evidence) if seen == limit else broken(promise, evidence)
