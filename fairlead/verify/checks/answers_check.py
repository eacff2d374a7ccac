"""Does each class of requests end as the model says? Who answers with which shares, with which status, or nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fairlead.verify.asking import Asking
from fairlead.verify.class_promise import class_promise
from fairlead.verify.ends import STATUS, Ends, ends_of
from fairlead.verify.naming import promise_id, sentence
from fairlead.verify.observation import Observation, Observer
from fairlead.verify.promise import Promise, Verdict, broken, holds, unasked
from fairlead.verify.sendable import LIMITED, says
from fairlead.verify.statistics.shares_test import Ruling, SharesTest, usual_number
from fairlead.verify.subject import Subject
from fairlead.verify.trial import Trial
from fairlead_mesh.model.requests.request import INTERNET, Request
from fairlead_mesh.model.traffic.explanation import Explanation
from fairlead_mesh.model.traffic.outcome import OUTSIDE

ORDER = 20
NAME = "answers"
CERTAIN = 3
"""Requests where every one has to end alike."""
POSSIBLE = 12
"""Requests where load balancing decides among several ends."""
_BATCH = 25
_OVER, _BLOCKED = f"{STATUS}429", f"{STATUS}502"
"""What a rate limit answers, and REGISTRY_ONLY."""
_WITHIN_OTHERS = 3
"""How often a batch is sent again because others' requests were counted with it."""


def promises(subject: Subject) -> Iterator[Promise]:
    """One for each class of requests. The shares of a route are measured once at each gateway, and once in the mesh:
    istiod makes the same of it for every host and every sidecar, and proxies that lag behind have a check."""
    measured: dict[tuple[str, ...], str] = {}
    for request, expected in subject.expectations:
        promise = promised(subject, request, expected)
        if promise.is_random and not promise.untested and request.scheme == "tcp" and request.caller != INTERNET:
            # A pod opens one after the other, and keeps each for a while.
            how = f"{POSSIBLE} connections, each of which ends in one of these ways: too few to measure shares"
            promise = replace(promise, is_random=False, requests=POSSIBLE, how=how)
        key = _route(request, expected)
        if promise.is_random and not promise.untested and key:
            if key in measured:
                how = (
                    f"{POSSIBLE} requests, each of which ends in one of these ways; {measured[key]} measures the shares"
                )
                promise = replace(promise, is_random=False, requests=POSSIBLE, how=how)
            measured.setdefault(key, promise.id)
        yield promise
    for reason in subject.classes.open:
        text = f"more requests: {reason}"
        yield Promise(promise_id(NAME, text), NAME, "", text, untested=reason)


def _route(request: Request, expected: Explanation) -> tuple[str, ...]:
    """The route of a VirtualService that makes a split, and where; empty where none does."""
    steps = [step for outcome in expected.outcomes for step in outcome.steps if step.item and step.path]
    found = {f"{step.item} {step.path}" for step in steps if step.item and step.item.kind == "VirtualService"}
    return (request.gateway, *sorted(found)) if found else ()


def promised(subject: Subject, request: Request, expected: Explanation) -> Promise:
    """What a class promises, and how that is tested."""
    ends = ends_of(expected)
    is_random = len(ends.shares) > 1 and not ends.is_chance
    number = POSSIBLE if ends.is_chance else usual_number(ends.shares) if is_random else CERTAIN
    return class_promise(
        NAME, sentence(request, expected), subject, (request, expected),
        how=_how(ends, number, is_random=is_random), requests=number,
        why_not=_too_many(subject, expected, number) if is_random else "", is_random=is_random,
    )  # fmt: skip


def _too_many(subject: Subject, expected: Explanation, number: int) -> str:
    """Why so many requests are not sent."""
    if subject.is_protected:
        return f"the stack is protected, and a split takes about {number} requests: read it with --observe"
    return f"a rate limit applies, and a split takes about {number} requests" if says(expected, LIMITED) else ""


def _how(ends: Ends, number: int, *, is_random: bool) -> str:
    if is_random:
        return f"about {number} requests, until an exact sequential test of the shares has decided"
    if ends.is_chance:
        return f"{number} requests, of which load balancing decides how each ends among those named"
    return f"{number} requests, which all have to end so"


def verdict(promise: Promise, asking: Asking) -> Verdict:
    """Sent until it is decided."""
    if promise.request is None or promise.expected is None:
        return unasked(promise, "it has no request")
    observer = Observer(Trial(asking, promise.request), ends_of(promise.expected))
    if promise.is_random:
        return _of_shares(promise, asking, observer)
    seen = observer.seen(promise.requests)
    evidence = observer.evidence(seen)
    strange = [each for each in seen.ends if each not in observer.ends.shares and not observer.is_any_app(each)]
    if strange and (reason := _may_be_meant(promise.expected, observer.ends, strange)):
        return unasked(promise, reason, evidence)
    return broken(promise, evidence) if strange else holds(promise, evidence)


def _may_be_meant(expected: Explanation, ends: Ends, strange: list[str]) -> str:
    """Why an end that is not promised need not be a broken promise."""
    if says(expected, LIMITED) and set(strange) == {_OVER}:
        return "a rate limit answered 429: others send requests too, or this run has sent too many"
    if OUTSIDE in ends.workloads and _BLOCKED not in strange:
        return "the host outside of the mesh did not answer: whether it or the mesh is the reason, is not told"
    return ""


def _of_shares(promise: Promise, asking: Asking, observer: Observer) -> Verdict:
    test = SharesTest(observer.ends.shares, asking.alarm)
    whole = Observation()
    disturbed = 0
    while test.ruling is Ruling.OPEN and test.number < asking.manners.most:
        seen = observer.seen(min(_BATCH, asking.manners.most - test.number), shares=True)
        if seen.unclear and disturbed < _WITHIN_OTHERS:
            disturbed += 1
            continue
        if seen.unclear:
            return unasked(promise, seen.unclear, observer.evidence(whole))
        whole = whole.and_more(seen)
        test.see(seen.ends)
        asking.progress.busy(f"{promise.sentence} ({test.number} requests)")
    evidence = observer.evidence(whole, test.p)
    if test.ruling is Ruling.OPEN:
        return unasked(
            promise, f"{test.number} requests, the most that are allowed (--most), do not decide it", evidence
        )
    return holds(promise, evidence) if test.ruling is Ruling.TRUE else broken(promise, evidence)
