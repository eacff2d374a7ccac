"""What does a person in a terminal read of a diff? Sentences first, then risks, then objects, value by value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import typer

from fairlead.comparison.comparison import Change
from fairlead.comparison.lint_change import LintChange, LintFinding
from fairlead.effects.effect import Effect, Grade
from fairlead.evaluation.differences import Difference
from fairlead.reports.line_diff import paired
from fairlead.reports.object_diff import Fold, Release, folded, of_charts
from fairlead.reports.report import Report
from fairlead.reports.sentences import Told, by_subject, one_by_one
from fairlead.reports.several_stacks import several
from fairlead.reports.wording import (
    counted,
    former_names,
    lint_numbers,
    numbers,
    object_kinds,
    opening,
    place,
    title,
    word,
)
from fairlead.terminal.printable import one_line

_MOST_VALUES = 12
_SIGNS = {"added": "+", "removed": "-", "changed": "~", "renamed": ">", "recreated": "!"}
_COLOURS = {"+": typer.colors.GREEN, "-": typer.colors.RED, "@": typer.colors.CYAN}
_GRADES = {Grade.HIGH: typer.colors.RED, Grade.MEDIUM: typer.colors.YELLOW, Grade.LOW: typer.colors.BLUE}


def text_report(report: Report, *, colours: bool, verbose: bool = False) -> str:
    """The whole report; `verbose` shows each object line by line in place of the values that are another."""
    writer = _Writer(report, colours, verbose)
    opened = f"{writer.opening()}\n" if report.comparison is None else ""
    return "\n\n".join([f"{opened}{writer.head(title(report))}", *writer.blocks(), *writer.notes(report.notes)])


def text_reports(reports: Sequence[Report], *, colours: bool, verbose: bool = False) -> str:
    """The reports of several stacks: those that change, those that do not, and the notes of all of them."""
    if len(reports) == 1:
        return text_report(reports[0], colours=colours, verbose=verbose)
    writers = {each.stack: _Writer(each, colours, verbose) for each in reports}
    told = several(reports, lambda each: "\n\n".join(writers[each.stack].blocks()))
    stacks = [[writers[each.stack].head_of_stack(names), *writers[each.stack].blocks()] for names, each in told.groups]
    first = writers[reports[0].stack]
    parts = [first.bold(one_line(told.revisions)), *chain(*stacks), one_line(told.unchanged), *first.notes(told.notes)]
    return "\n\n".join(part for part in parts if part)


class _Writer:
    def __init__(self, report: Report, colours: bool, verbose: bool):
        self.report, self.colours, self.verbose = report, colours, verbose

    def opening(self) -> str:
        return self._styled(one_line(opening(self.report)), typer.colors.RED)

    def head(self, title: str) -> str:
        return "\n".join([self.bold(one_line(title)), *filter(None, [one_line(numbers(self.report))])])

    def head_of_stack(self, names: str) -> str:
        return f"{self.head(names)}\n{self.opening()}" if self.report.comparison is None else self.head(names)

    def notes(self, notes: Sequence[str]) -> Iterator[str]:
        if notes:
            yield "\n".join([self.bold("Notes"), *(f"  {one_line(note)}" for note in notes)])

    def blocks(self) -> Iterator[str]:
        """All but the head and the notes."""
        report, comparison = self.report, self.report.comparison
        changes = comparison.changes if comparison else ()
        sections = [
            ("Traffic", self._traffic(by_subject(report.traffic))),
            ("Requests", (f"  {one_line(each)}" for each in report.said_of_requests)),
            ("Risks", self._risks(one_by_one(report.others))),
            ("Objects", self._objects(folded(changes), of_charts(changes))),
            ("Lint", self._lint(report.lint) if report.lint else iter(())),
        ]
        for name, lines in sections:
            if listed := list(lines):
                yield "\n".join([self.bold(name), *listed])

    def _traffic(self, groups: Sequence[Told]) -> Iterator[str]:
        for group in groups:
            subjects = self.bold(one_line(", ".join(group.subjects)))
            if len(group.said) == 1:
                yield from self._sentence(group.said[0], "  ", f"{subjects}: ")
                continue
            yield f"  {subjects}:"
            for each in group.said:
                yield from self._sentence(each, "    ")

    def _risks(self, groups: Sequence[Told]) -> Iterator[str]:
        for group in groups:
            (each,) = group.said
            subjects = self.bold(one_line(", ".join(group.subjects)))
            yield from self._sentence(each, "  " if each.hurt else f"  {each.grade}  ", f"{subjects}: ")

    def _sentence(self, each: Effect, pad: str, subject: str = "") -> Iterator[str]:
        graded = self._styled(f"{each.grade}  {each.hurt.words}", _GRADES[each.grade]) + "  " if each.hurt else ""
        yield f"{pad}{graded}{subject}{one_line(each.text)}"
        if each.hurt and each.advice:
            yield f"{' ' * len(pad)}    -> {one_line(each.advice)}"
        if each.witness:
            yield from (f"{' ' * len(pad)}    {one_line(line)}" for line in each.witness.lines)

    def _objects(self, folds: Sequence[Fold], charts: dict[str, Release]) -> Iterator[str]:
        charts = dict(charts)
        for fold in folds:
            yield from self._fold(fold, "  ")
            yield from self._chart(charts.pop(f"{fold.first.namespace}/{fold.first.name}", None), fold.first.kind)
        for chart in charts.values():
            yield from self._chart(chart, "")

    def _chart(self, chart: Release | None, kind: str) -> Iterator[str]:
        if chart is None:
            return
        if not kind:
            yield f"  objects of {one_line(chart.home)}"
        for fold in chart.folds:
            yield from self._fold(fold, "      ")

    def _fold(self, fold: Fold, pad: str) -> Iterator[str]:
        sign = _SIGNS[fold.first.how]
        names = [self._named(each) for each in fold.changes]
        if len(names) > 1:
            yield f"{pad}{self._signed(sign)} {object_kinds(fold.changes)}, all in the same way"
            yield from (f"{pad}    {name}" for name in names)
        else:
            yield f"{pad}{self._signed(sign)} {names[0]}"
        lines = fold.lines if self.verbose else self._values(fold.first)
        yield from (f"{pad}    {self._coloured(line)}" for line in lines)

    def _named(self, change: Change) -> str:
        names = former_names(change)
        how = "" if change.how == "changed" else f"  {word(change.how, self.report)}"
        return one_line(f"{change.title}{how}{f', {names}' if names else ''}")

    def _values(self, change: Change) -> list[str]:
        if change.old is None or change.new is None:
            return []
        lines = [line for each in change.differences[:_MOST_VALUES] for line in _value(each)]
        left = len(change.differences) - _MOST_VALUES
        return [*lines, f"and {counted(left, 'more value')}; --verbose shows them"] if left > 0 else lines

    def _lint(self, lint: LintChange) -> Iterator[str]:
        yield f"  {lint_numbers(lint)}"
        for sign, findings in (("+", lint.new), ("-", lint.fixed)):
            for each in findings:
                yield from self._finding(sign, each)

    def _finding(self, sign: str, each: LintFinding) -> Iterator[str]:
        yield f"  {self._signed(sign)} {one_line(f'{each.severity}  {each.rule}  {place(each)}')}"
        yield f"      {one_line(each.message)}"
        if each.remedy and sign == "+":
            yield f"      -> {one_line(each.remedy)}"

    def _signed(self, sign: str) -> str:
        return self._styled(sign, _COLOURS.get(sign, typer.colors.YELLOW))

    def _coloured(self, line: str) -> str:
        return self._styled(line, _COLOURS[line[0]]) if self.verbose and line[:1] in _COLOURS else line

    def _styled(self, text: str, colour: str) -> str:
        return typer.style(text, fg=colour) if self.colours else text

    def bold(self, text: str) -> str:
        return typer.style(text, bold=True) if self.colours else text


def _value(difference: Difference) -> list[str]:
    """What a value was and is; of a text of many lines those that are another."""
    old, new = difference.old, difference.new
    if not (isinstance(old, str) and isinstance(new, str) and "\n" in old + new):
        return [one_line(str(difference))]
    lines, others = old.splitlines(), new.splitlines()
    changed = [
        f"-{lines[place]}" if place is not None else f"+{others[other or 0]}"
        for place, other in paired(lines, others)
        if place is None or other is None
    ]
    left = len(changed) - _MOST_VALUES
    more = [f"  and {counted(left, 'more line')}; --verbose shows them"] if left > 0 else []
    return [one_line(f"{difference.path}:"), *(f"  {one_line(line)}" for line in changed[:_MOST_VALUES]), *more]
