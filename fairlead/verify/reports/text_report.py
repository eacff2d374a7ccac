"""What does a person in a terminal read? A line for each promise, the evidence under those that do not hold."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.terminal.printable import one_line
from fairlead.verify.promise import Promise, Standing, Verdict

_MARKS = {Standing.HOLDS: "holds", Standing.BROKEN: "DOES NOT HOLD", Standing.UNASKED: "not asked"}
_NOT_TESTED = "not tested"
_INDENT = "    "


def verdict_lines(verdict: Verdict) -> Iterator[str]:
    """The promise and what was seen of it."""
    promise, evidence = verdict.promise, verdict.evidence
    mark = _NOT_TESTED if promise.untested else _MARKS[verdict.standing]
    about = f"{promise.about}: " if promise.about else ""
    yield one_line(f"{mark}  {about}{promise.sentence}")
    if evidence:
        yield one_line(f"{_INDENT}seen: {evidence.seen}{evidence_numbers(verdict)}")
    if verdict.why:
        yield one_line(f"{_INDENT}{verdict.why}")
    for cause in verdict.causes:
        yield one_line(f"{_INDENT}-> {cause}")


def evidence_numbers(verdict: Verdict) -> str:
    """` (281 requests from this machine, p = 0.4)`."""
    evidence = verdict.evidence
    if evidence is None or not evidence.requests:
        return ""
    place = f" from {evidence.place}" if evidence.place else ""
    p = "" if evidence.p is None else f", p {p_in_words(evidence.p)}"
    return f" ({evidence.requests} requests{place}{p})"


def p_in_words(p: float) -> str:
    """`= 0.4`, or `< 0.000001`."""
    least = 1e-6
    return f"< {least:.6f}" if p < least else f"= {p:.2g}"


def promise_lines(promise: Promise) -> Iterator[str]:
    """A promise of `--list`, and how it is tested."""
    about = f"{promise.about}: " if promise.about else ""
    yield one_line(f"{about}{promise.sentence}")
    yield one_line(f"{_INDENT}not tested: {promise.untested}" if promise.untested else f"{_INDENT}{promise.how}")
