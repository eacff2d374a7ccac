"""Which words does a diff have in every format? Its title, its numbers, what an object's change is called."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from fairlead.comparison.comparison import Change, How
from fairlead.comparison.lint_change import LintChange, LintFinding
from fairlead.effects.effect import Effect, Grade
from fairlead.reports.object_diff import Fold
from fairlead.reports.report import Report
from fairlead.reports.sentences import grave

NOTHING = "No changes."
ALIKE = "No differences."


def title(report: Report) -> str:
    """What is compared with what."""
    if report.comparison and not report.comparison.deploys:
        return f"fairlead diff: {report.before} compared with {report.after}"
    return f"fairlead diff: stack {report.stack}, {report.before} to {report.after}"


def opening(report: Report) -> str:
    """What has to be read before anything else: that nothing was compared, and why."""
    return f"Not compared: {report.not_compared or 'the notes say why.'}" if report.comparison is None else ""


def numbers(report: Report) -> str:
    """`2 changed, 1 added; 4 objects of charts; risk: 1 high (widens access)`; empty where nothing was compared."""
    if report.comparison is None:
        return ""
    changes = report.comparison.changes
    if not changes:
        return NOTHING if report.comparison.deploys else ALIKE
    brought = sum(bool(each.chart_of) for each in changes)
    parts = [
        ", ".join(f"{number:,} {word(How(how), report)}" for how, number in report.numbers.items()),
        counted(brought, "object") + " of charts" if brought else "",
        f"risk: {graded(report.risks)}" if report.risks else "",
    ]
    return "; ".join(part for part in parts if part)


def word(how: How, report: Report) -> str:
    """What happens to an object; where two stacks are held against each other, nothing happens to any."""
    if report.comparison is None or report.comparison.deploys:
        return str(how)
    only = {How.ADDED: f"in {report.after} only", How.REMOVED: f"in {report.before} only", How.CHANGED: "different"}
    return only.get(how, str(how))


def graded(sentences: Iterable[Effect]) -> str:
    """`2 high (interrupts traffic, widens access), 1 low (restarts pods)`; what hurts nothing is only counted."""
    found: dict[Grade, list[Effect]] = defaultdict(list)
    for each in sorted(sentences, key=grave):
        found[each.grade].append(each)
    return ", ".join(f"{len(alike):,} {grade}{_hurts(alike)}" for grade, alike in found.items())


def _hurts(alike: Iterable[Effect]) -> str:
    words = dict.fromkeys(each.hurt.words for each in alike if each.hurt)
    return f" ({', '.join(words)})" if words else ""


def counted(number: int, what: str, several: str = "") -> str:
    """`1 object`, `2 objects`."""
    return f"{number:,} {what if number == 1 else several or f'{what}s'}"


def former_names(change: Change) -> str:
    """`routes-x to x-routes`: how the program calls a resource, where that changes."""
    if change.before is None or change.after is None or change.before.name == change.after.name:
        return ""
    return f"{change.before.name} to {change.after.name}"


def object_kinds(changes: Sequence[Change]) -> str:
    """`DestinationRule (12), Service (3)`."""
    found = Counter(each.kind for each in changes)
    return ", ".join(f"{kind} ({found[kind]:,})" for kind in sorted(found))


def sized(fold: Fold) -> str:
    """How long its diff is, in words."""
    return counted(len(fold.lines), "line")


def lint_numbers(lint: LintChange) -> str:
    """`2 new findings, 1 fixed, 5 remain`."""
    parts = [
        counted(len(lint.new), "new finding") if lint.new else "no new findings",
        f"{len(lint.fixed):,} fixed" if lint.fixed else "",
        f"{lint.remaining:,} remain{'s' if lint.remaining == 1 else ''}" if lint.remaining else "",
    ]
    return ", ".join(part for part in parts if part)


def place(finding: LintFinding) -> str:
    """`Pulumi.dev.yaml:12 apps[0].port`."""
    where = f"{finding.file}:{finding.line}" if finding.line else finding.file
    return " ".join(part for part in (where, finding.subject, finding.path) if part)
