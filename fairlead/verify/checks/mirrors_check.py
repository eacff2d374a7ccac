"""Do mirrors get their copies? Counted by the first proxy, which sends them."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.verify.asking import Asking
from fairlead.verify.class_promise import class_promise
from fairlead.verify.naming import asked
from fairlead.verify.promise import Evidence, Promise, Verdict, broken, holds, unasked
from fairlead.verify.statistics.shares_test import Ruling, SharesTest, usual_number
from fairlead.verify.subject import Subject
from fairlead.verify.trial import Trial
from fairlead_mesh.model.classes.handled import handled

ORDER = 34
NAME = "mirrors"
_NUMBER = 5
_BATCH = 25
_COPIED, _NOT = "copied", "not copied"
_UNCOUNTED = "no proxy can be asked how many copies it sent"
_LATER = 0.2
"""Seconds that a copy may take to leave after its request was answered."""


def promises(subject: Subject) -> Iterator[Promise]:
    """One for each mirror of each class."""
    for request, expected in subject.expectations:
        route = handled(subject.mesh, request) if expected.answered else None
        for name, share, workloads in route.mirrors if route else ():
            text = f"{asked(request)}: {100 * share:g} % mirrored to {name}"
            both = set(workloads) & expected.answered.keys()
            why_not = "the same pods answer, and a count does not tell copies apart" if both else ""
            why_not = why_not or ("the mirror has no pods" if not workloads else "")
            is_random = 0 < share < 1
            number = usual_number(_shares(share)) if is_random else _NUMBER
            how = f"about {number} requests, and what the first proxy has sent to the mirror's pods"
            yield class_promise(
                NAME, text, subject, (request, expected), how=how, requests=number, why_not=why_not,
                is_random=is_random, details={"share": share, "workloads": workloads},
            )  # fmt: skip


def _shares(share: float) -> dict[str, float]:
    return {_COPIED: share, _NOT: 1 - share}


def verdict(promise: Promise, asking: Asking) -> Verdict:
    """As many as it says."""
    if promise.request is None or asking.access.proxies is None:
        return unasked(promise, _UNCOUNTED)
    trial = Trial(asking, promise.request, settling=_LATER)
    share, workloads = promise.details["share"], promise.details["workloads"]
    if not promise.is_random:
        copies = _copies(trial, workloads, _NUMBER)
        evidence = Evidence(f"{copies} copies of {_NUMBER} requests", trial.sender.place, trial.sent, trial.seconds)
        wanted = _NUMBER if share else 0
        return holds(promise, evidence) if copies == wanted else broken(promise, evidence)
    test = SharesTest(_shares(share), asking.alarm)
    while test.ruling is Ruling.OPEN and test.number < asking.manners.most:
        copies = _copies(trial, workloads, _BATCH)
        if copies > _BATCH:
            return unasked(promise, "other requests are mirrored by the same proxy at the same time")
        test.see({_COPIED: copies, _NOT: _BATCH - copies})
    said = f"{test.counts[_COPIED]} copies of {test.number} requests ({100 * test.counts[_COPIED] / test.number:.1f} %)"
    evidence = Evidence(said, trial.sender.place, trial.sent, trial.seconds, p=test.p)
    if test.ruling is Ruling.OPEN:
        return unasked(
            promise, f"{test.number} requests, the most that are allowed (--most), do not decide it", evidence
        )
    return holds(promise, evidence) if test.ruling is Ruling.TRUE else broken(promise, evidence)


def _copies(trial: Trial, workloads: tuple[str, ...], number: int) -> int:
    counted = trial.batch(number, counted=True).counted or {}
    return sum(counted.get(each, 0) for each in workloads)
