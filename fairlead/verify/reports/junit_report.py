"""What does a CI's page of tests show? A test case for each promise, by what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from fairlead.reports.junit import Case, junit_suite
from fairlead.verify.promise import Standing, Verdict
from fairlead.verify.reports.text_report import evidence_numbers

_ENDED: dict[Standing, Literal["passed", "failed", "skipped"]] = {
    Standing.HOLDS: "passed",
    Standing.BROKEN: "failed",
    Standing.UNASKED: "skipped",
}


def junit_report(stack: str, found: Sequence[Verdict]) -> str:
    """One test suite; what was not asked is skipped, with the reason."""
    return junit_suite(f"fairlead verify {stack}", [_case(each) for each in found])


def _case(found: Verdict) -> Case:
    group = f"{found.promise.check} {found.promise.about}".strip()
    seen = (found.evidence.seen if found.evidence else "") + evidence_numbers(found)
    text = found.why if found.standing is Standing.UNASKED else seen
    return Case(group, found.promise.sentence, _ENDED[found.standing], text, "\n".join(found.causes))
