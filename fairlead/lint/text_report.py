"""What does a person in a terminal read? The findings of each file, a block a finding, and what there is in all."""

from __future__ import annotations

from itertools import groupby

import typer

from fairlead.lint.linted import SEVERITIES, Linted, Placed, RelatedPlace
from fairlead.terminal.printable import one_line
from fairlead_mesh.findings import dotted, shown

_COLOURS = {"error": typer.colors.RED, "warning": typer.colors.YELLOW, "info": typer.colors.BLUE}
_INDENT = " " * 6


def text_report(linted: Linted, *, colours: bool = False) -> str:
    """The whole report; its last line counts."""
    blocks: list[str] = []
    for file, found in groupby(linted.found, lambda each: each.file):
        name = "standard input" if file == "-" else one_line(file)
        blocks += [typer.style(name, bold=True) if colours else name, *(_block(each, colours) for each in found), ""]
    return "\n".join([*blocks, _counts(linted)])


def _block(each: Placed, colours: bool) -> str:
    finding = each.finding
    severity = typer.style(finding.severity, fg=_COLOURS[finding.severity]) if colours else finding.severity
    where = " ".join(part for part in (each.subject, each.path) if part)
    value = "" if finding.value is None else f": {shown(finding.value)}"
    lines = [f"  {each.place.line}:{each.place.column}  {severity}  {finding.rule}"]
    lines += [f"{_INDENT}{one_line(f'{where}{value}')}"] if where else []
    lines.append(f"{_INDENT}{one_line(finding.message)}")
    lines += [f"{_INDENT}the first is at {one_line(dotted(finding.first))}"] if finding.first else []
    lines += [f"{_INDENT}with {one_line(_related(other, each.file))}" for other in each.related]
    lines += [f"{_INDENT}-> {one_line(finding.remedy)}"] if finding.remedy else []
    lines += [f"{_INDENT}also reported by {', '.join(finding.counterparts)}"] if finding.counterparts else []
    return "\n".join(lines)


def _related(other: RelatedPlace, file: str) -> str:
    """`VirtualService web/other, routes.yaml:12`; in the same file, `line 12`."""
    where = f"line {other.place.line}" if other.file == file else f"{other.file}:{other.place.line}"
    return ", ".join(part for part in (other.subject, where) if part)


def _counts(linted: Linted) -> str:
    numbers = [f"{number} {name}{'' if number == 1 else 's'}" for name, number in _numbers(linted)]
    return f"{one_line(linted.looked_at)}: {', '.join(numbers)}, {linted.silenced} silenced"


def _numbers(linted: Linted) -> list[tuple[str, int]]:
    return [(severity, linted.number(severity)) for severity in SEVERITIES]
