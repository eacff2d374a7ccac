"""How do changed objects stand in a comment? Folded, a diff in each; what is too long as a line, or as numbers."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from fairlead.comparison.comparison import RELEASE, Change, How
from fairlead.reports.fitting import Form
from fairlead.reports.markdown.markdown_text import block, code, fenced, html_code
from fairlead.reports.object_diff import Fold, Release, folded, of_charts
from fairlead.reports.report import Report
from fairlead.reports.wording import counted, former_names, object_kinds, sized, word

_LONGEST = (1_000_000, 20_000, 6_000, 2_000, 600)
"""Letters of the longest diff that is shown, from one form to the next."""
_SHORTEST_FOLD = 80
_MOST_NAMES = 50
_MANY = 25
HEADING = "### Objects"


def object_forms(report: Report, limit: int) -> list[Form]:
    """Every diff; only those that are short; names; how many of which kind; how many."""
    changes = report.comparison.changes if report.comparison else ()
    if not changes:
        return [lambda: ""]
    objects = _Objects(report, folded(changes), of_charts(changes))
    # What cannot fit is not worth its diffs, of which there may be thousands.
    longest = _LONGEST if _SHORTEST_FOLD * objects.number <= limit else ()
    return [
        *(lambda most=most: objects.with_diffs(most) for most in longest),
        objects.by_name,
        objects.by_kind,
        lambda: f"{HEADING}\n\n{counted(len(changes), 'object')} in all.",
    ]


class _Objects:
    def __init__(self, report: Report, folds: Sequence[Fold], charts: dict[str, Release]):
        self.report, self.folds, self.charts = report, folds, charts

    @property
    def number(self) -> int:
        return len(self.folds) + sum(len(each.folds) for each in self.charts.values())

    def with_diffs(self, most: int) -> str:
        """Where there are many, they are folded once more."""
        blocks = "\n\n".join(self._blocks(most))
        number = len(self.folds)
        return f"{HEADING}\n\n{block(f'All {number:,} diffs', blocks) if number > _MANY else blocks}"

    def by_name(self) -> str:
        listed = [*self.folds, *(fold for chart in self.charts.values() for fold in chart.folds)]
        return "\n".join([f"{HEADING}\n", *(f"- {self._line(fold)}" for fold in listed)])

    def by_kind(self) -> str:
        lines: list[str] = []
        changes = self.report.comparison.changes if self.report.comparison else ()
        for how in How:
            own = [each for each in changes if each.how is how and not each.chart_of]
            brought = [each for each in changes if each.how is how and each.chart_of]
            for found, whose in ((own, ""), (brought, " of charts")):
                if found:
                    lines.append(f"- {word(how, self.report)}{whose}: {code(object_kinds(found))}")
        return "\n".join([f"{HEADING}\n", *lines])

    def _blocks(self, most: int) -> Iterator[str]:
        charts = dict(self.charts)
        for fold in self.folds:
            home = f"{fold.first.namespace}/{fold.first.name}"
            yield self._details(fold, most, charts.pop(home, None) if fold.first.kind == RELEASE else None)
        for chart in charts.values():
            yield block(f"objects of {html_code(chart.home)}", self._inner(chart, most))

    def _inner(self, chart: Release, most: int) -> str:
        return "\n\n".join(self._details(fold, most) for fold in chart.folds)

    def _details(self, fold: Fold, most: int, chart: Release | None = None) -> str:
        parts = [self._names(fold), _diff(fold, most)]
        size = ""
        if chart:
            number = sum(len(each.changes) for each in chart.folds)
            size = f", and {counted(number, 'object')} of its chart"
            parts += ["<blockquote>", self._inner(chart, most), "</blockquote>"]
        return block(f"{self._summary(fold)}{size}", "\n\n".join(part for part in parts if part))

    def _summary(self, fold: Fold) -> str:
        how = html.escape(word(fold.first.how, self.report))
        if len(fold.changes) > 1:
            return f"{how}: {html_code(object_kinds(fold.changes))}, all in the same way"
        names = former_names(fold.first)
        return f"{how}: {html_code(fold.first.title)}{f' ({html_code(names)})' if names else ''}"

    def _names(self, fold: Fold) -> str:
        if len(fold.changes) == 1:
            return ""
        lines = [f"- {_named(each)}" for each in fold.changes[:_MOST_NAMES]]
        left = len(fold.changes) - len(lines)
        return "\n".join([*lines, *([f"- and {left:,} more"] if left > 0 else [])])

    def _line(self, fold: Fold) -> str:
        """A fold without its diff."""
        first = fold.first
        of = f" of {code(first.chart_of)}" if first.chart_of else ""
        how = word(first.how, self.report)
        if len(fold.changes) > 1:
            return f"{how}: {code(object_kinds(fold.changes))}{of}, all in the same way"
        return f"{how}: {_named(first)}{of}"


def _named(change: Change) -> str:
    names = former_names(change)
    return f"{code(change.title)}{f' ({code(names)})' if names else ''}"


def _diff(fold: Fold, most: int) -> str:
    if not fold.lines:
        return ""
    length = sum(len(line) + 1 for line in fold.lines)
    return fenced("diff", fold.lines) if length <= most else f"A diff of {sized(fold)}, too long for a comment."
