"""Which findings are new, and which are fixed? What lint said of both sides, less what it says of either."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class LintFinding:
    """A finding as `lint --format json` tells it; `subject` is the object in words, empty for the stack file's own."""

    severity: str
    rule: str
    file: str
    line: int
    path: str
    subject: str
    message: str
    remedy: str


@dataclass(frozen=True)
class LintChange:
    """The findings that only the later side has, those that only the earlier one had, and how many are on both."""

    new: tuple[LintFinding, ...] = ()
    fixed: tuple[LintFinding, ...] = ()
    remaining: int = 0


def lint_change(before: Sequence[LintFinding], after: Sequence[LintFinding]) -> LintChange:
    """What only one side has. A finding is the same where rule, object and words are, wherever its line is now."""
    # First at the same path, then anywhere: an item that is put before others moves their paths along.
    old, new = _without_twins(before, after, lambda each: (*_what(each), each.path))
    old, new = _without_twins(old, new, _what)
    return LintChange(tuple(sorted(new)), tuple(sorted(old)), len(after) - len(new))


def _what(finding: LintFinding) -> tuple[str, ...]:
    return finding.rule, finding.subject, finding.message


def _without_twins(
    before: Sequence[LintFinding], after: Sequence[LintFinding], key: Callable[[LintFinding], tuple[str, ...]]
) -> tuple[list[LintFinding], list[LintFinding]]:
    """Both lists, less the pairs that have one key."""
    left: dict[tuple[str, ...], list[LintFinding]] = defaultdict(list)
    for finding in before:
        left[key(finding)].append(finding)
    new: list[LintFinding] = []
    for finding in after:
        twins = left[key(finding)]
        if twins:
            twins.pop()
        else:
            new.append(finding)
    return [finding for twins in left.values() for finding in twins], new
