"""Are as many requests delayed as the injected faults say, and for as long?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from statistics import median

from fairlead.verify.asking import Asking
from fairlead.verify.class_promise import class_promise
from fairlead.verify.naming import asked
from fairlead.verify.promise import Evidence, Promise, Verdict, broken, holds, unasked
from fairlead.verify.statistics.shares_test import Ruling, SharesTest, usual_number
from fairlead.verify.subject import Subject
from fairlead.verify.trial import Trial
from fairlead_mesh.model.traffic.explanation import Explanation

ORDER = 44
NAME = "delays"
_BATCH = 48
_ENOUGH = 10
"""Delayed answers that tell for how long they are."""
_EARLY, _LONGEST = 0.9, 1.5
_SLACK = 0.5
"""Seconds that a busy machine may add."""
LATE, AT_ONCE = "delayed", "at once"


def promises(subject: Subject) -> Iterator[Promise]:
    """One for each class of which a part is delayed."""
    for request, expected in subject.expectations:
        wait, share = delayed(expected)
        if not wait:
            continue
        text = f"{asked(request)}: {100 * share:g} % delayed by {wait:g} s"
        is_random = share < 1
        number = usual_number({LATE: share, AT_ONCE: 1 - share}) if is_random else 3
        yield class_promise(
            NAME, text, subject, (request, expected), how=f"about {number} requests, each timed", requests=number,
            is_random=is_random, details={"seconds": wait, "share": share},
        )  # fmt: skip


def delayed(expected: Explanation) -> tuple[float, float]:
    """By how many seconds, and which share; 0 where nothing is delayed, or by several times."""
    times = {each.seconds for each in expected.outcomes if each.seconds}
    if len(times) != 1:
        return 0.0, 0.0
    return times.pop() or 0.0, round(sum(each.share for each in expected.outcomes if each.seconds), 9)


def verdict(promise: Promise, asking: Asking) -> Verdict:
    """Each answer is late by that time, or it comes at once."""
    if promise.request is None:
        return unasked(promise, "it has no request")
    wait, share = float(promise.details["seconds"]), float(promise.details["share"])
    trial = Trial(asking, promise.request, within=wait * 2 + 10)
    late: list[float] = []
    test = SharesTest({LATE: share, AT_ONCE: 1 - share} if promise.is_random else {LATE: 1.0}, asking.alarm)
    while test.ruling is Ruling.OPEN and test.number < (asking.manners.most if promise.is_random else promise.requests):
        answers = trial.batch(_BATCH if promise.is_random else promise.requests).answers
        late += [each.seconds for each in answers if each.seconds >= wait * _EARLY]
        test.see(Counter(LATE if each.seconds >= wait * _EARLY else AT_ONCE for each in answers))
        if len(late) >= _ENOUGH and median(late) > wait * _LONGEST + _SLACK:
            break
    said = f"{test.counts[LATE]} of {test.number} delayed ({100 * test.counts[LATE] / test.number:.1f} %)"
    said += f", half of them by less than {median(late):.2f} s" if late else ""
    evidence = Evidence(said, trial.sender.place, trial.sent, trial.seconds, p=test.p if promise.is_random else None)
    if late and median(late) > wait * _LONGEST + _SLACK:
        return broken(promise, evidence)
    if test.ruling is Ruling.OPEN and promise.is_random:
        return unasked(
            promise, f"{test.number} requests, the most that are allowed (--most), do not decide it", evidence
        )
    return broken(promise, evidence) if test.ruling is Ruling.FALSE else holds(promise, evidence)
