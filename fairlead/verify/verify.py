"""What is promised, and is it true? Every check asked for its promises, and then each promise for its verdict.

A check is a file `<noun>_check.py` in `fairlead/verify/checks` or `fairlead/verify/live`. It has `ORDER`,
`promises(subject)`, which reaches nothing and so is all that `--list` needs, and `verdict(promise, asking)`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from fairlead.terminal.errors import UserError
from fairlead.verify.asking import FALSE_ALARM, Asking
from fairlead.verify.promise import Promise, Standing, Verdict, holds, unasked
from fairlead.verify.sending import CannotSendError
from fairlead.verify.subject import Subject

_CHECK = "_check"
_ROOMS = ("checks", "live")


@dataclass(frozen=True)
class Check:
    """A check by the name of its file."""

    name: str
    order: int
    promises: Callable[[Subject], Iterable[Promise]]
    verdict: Callable[[Promise, Asking], Verdict]


def _checks() -> Iterator[Check]:
    for room in _ROOMS:
        for each in iter_modules([str(Path(__file__).parent / room)]):
            if each.name.endswith(_CHECK):
                module = import_module(f"fairlead.verify.{room}.{each.name}")
                yield Check(each.name.removesuffix(_CHECK), module.ORDER, module.promises, module.verdict)


CHECKS = tuple(sorted(_checks(), key=lambda each: (each.order, each.name)))


def promised(subject: Subject) -> list[Promise]:
    """Everything that the stack promises, each with how it is tested, or why it is not."""
    return [promise for check in CHECKS for promise in check.promises(subject)]


def verdicts(promises: Sequence[Promise], asking: Asking) -> Iterator[Verdict]:
    """What became of each promise, one after the other; the chance of a false alarm is divided among those that need
    some (Bonferroni), so that the whole report's is no larger."""
    named = {check.name: check for check in CHECKS}
    asking.alarm = FALSE_ALARM / max(1, sum(each.is_random and not each.untested for each in promises))
    later: list[tuple[float, Verdict]] = []
    for promise in promises:
        asking.progress.busy(promise.sentence)
        found = _judged(named[promise.check], promise, asking)
        if found.standing is Standing.BROKEN and not found.has_cause and promise.request and asking.again_after:
            later.append((time.monotonic(), found))
        else:
            yield found
    for since, before in later:
        yield _asked_again(named[before.promise.check], before, since, asking)


def _asked_again(check: Check, before: Verdict, since: float, asking: Asking) -> Verdict:
    """Where no proxy's configuration says why: connections from before a change may have been used still."""
    if (left := since + asking.again_after - time.monotonic()) > 0:
        asking.progress.busy(f"in {left:.0f} s again, as the proxies have what it takes: {before.promise.sentence}")
        time.sleep(left)
    found = _judged(check, before.promise, asking)
    if found.standing is not Standing.HOLDS or found.evidence is None or before.evidence is None:
        return before if found.standing is Standing.UNASKED else found
    seconds = time.monotonic() - since
    old = f"{seconds:.0f} s before, on connections that were older than a change: {before.evidence.seen}"
    return holds(before.promise, replace(found.evidence, seen=f"{found.evidence.seen}; {old}"))


def _judged(check: Check, promise: Promise, asking: Asking) -> Verdict:
    if promise.untested:
        return unasked(promise, promise.untested)
    try:
        found = check.verdict(promise, asking)
    except CannotSendError as why:
        return unasked(promise, str(why))
    except UserError as error:
        return unasked(promise, " ".join(filter(None, (error.message, error.remedy))))
    if found.standing is Standing.BROKEN and found.evidence and not found.causes:
        causes = asking.access.causes(promise, found.evidence)
        return Verdict(promise, found.standing, found.evidence, found.why, tuple(causes))
    return found
