"""Do requests with the same value get to the same pods, where a header, a cookie or a parameter decides?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.verify.asking import Asking
from fairlead.verify.class_promise import class_promise
from fairlead.verify.ends import ends_of
from fairlead.verify.naming import asked
from fairlead.verify.observation import Observer
from fairlead.verify.promise import Evidence, Promise, Verdict, broken, holds, unasked
from fairlead.verify.subject import Subject
from fairlead.verify.trial import Trial
from fairlead_mesh.model.classes.handled import Sticky, handled
from fairlead_mesh.model.requests.request import Request

ORDER = 46
NAME = "sticky_sessions"
_VALUES = 8
_EACH = 8


def promises(subject: Subject) -> Iterator[Promise]:
    """One for each class that is balanced so over several workloads."""
    for request, expected in subject.expectations:
        route = handled(subject.mesh, request) if expected.answered else None
        if route is None or route.sticky is None:
            continue
        by = f"{route.sticky.by} {route.sticky.name}".strip()
        text = f"{asked(request)}: the same {by} gets to the same pod"
        is_alone = len(route.sticky.workloads) < len(("one", "other"))
        why_not = "one workload has all its pods, and which of them answers is not told apart" if is_alone else ""
        yield class_promise(
            NAME, text, subject, (request, expected), how=f"{_VALUES} values, {_EACH} requests each",
            requests=_VALUES * _EACH, why_not=why_not, details={"sticky": route.sticky},
        )  # fmt: skip


def verdict(promise: Promise, asking: Asking) -> Verdict:
    """All requests with one value have to be answered by one workload."""
    if promise.request is None or promise.expected is None:
        return unasked(promise, "it has no request")
    sticky: Sticky = promise.details["sticky"]
    ends = ends_of(promise.expected)
    apart = {f"app {name}": frozenset({name}) for name in ends.workloads}
    ends = type(ends)({name: 1 / len(apart) for name in apart}, apart)
    torn = 0
    sent = 0
    for number in range(1 if sticky.by == "address" else _VALUES):
        observer = Observer(Trial(asking, _with(promise.request, sticky, f"fairlead-{number}")), ends)
        seen = observer.seen(_EACH, shares=True)
        sent += _EACH
        if seen.unclear:
            return unasked(promise, seen.unclear)
        torn += len(seen.ends) > 1
    values = 1 if sticky.by == "address" else _VALUES
    evidence = Evidence(f"{values - torn} of {values} values got to one workload only", "", sent)
    return broken(promise, evidence) if torn else holds(promise, evidence)


def _with(request: Request, sticky: Sticky, value: str) -> Request:
    if sticky.by == "header":
        return request.changed(headers={**request.headers, sticky.name.lower(): value})
    if sticky.by == "cookie":
        return request.changed(headers={**request.headers, "cookie": f"{sticky.name}={value}"})
    if sticky.by == "query":
        mark = "&" if "?" in request.path else "?"
        return request.changed(path=f"{request.path}{mark}{sticky.name}={value}")
    return request
