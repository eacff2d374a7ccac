"""How do the reports of several stacks become one? Each by itself, those alike once, the notes of all at the end.

What does not change is a line after those that do, and a note stands once, with the stacks that it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fairlead.effects.words import listed
from fairlead.reports.report import Report
from fairlead.reports.wording import NOTHING


@dataclass(frozen=True)
class Several:
    """`revisions` says what is compared with what; `groups` are titles such as `stack dev`, and reports."""

    revisions: str
    groups: tuple[tuple[str, Report], ...]
    unchanged: str
    notes: tuple[str, ...]


def several(reports: Sequence[Report], body: Callable[[Report], str]) -> Several:
    """In the order in which they were asked for; `body` is what is written of a stack, but for its name and notes."""
    quiet = [each.stack for each in reports if not each.tells]
    alike: dict[str, list[Report]] = {}
    for number, each in enumerate(reports):
        if each.tells:
            alike.setdefault(body(each) if each.comparison else str(number), []).append(each)
    return Several(
        revisions=f"fairlead diff: {reports[0].before} to {reports[0].after}",
        groups=tuple((_title(group), group[0]) for group in alike.values()),
        unchanged=f"{NOTHING.rstrip('.')} in {listed(quiet)}." if quiet else "",
        notes=tuple(_notes(reports)),
    )


def _title(reports: Sequence[Report]) -> str:
    return f"stack{'s' if len(reports) > 1 else ''} {listed(each.stack for each in reports)}"


def _notes(reports: Sequence[Report]) -> list[str]:
    stacks: dict[str, list[str]] = {}
    for report in reports:
        for note in report.notes:
            stacks.setdefault(note, []).append(report.stack)
    return [note if len(of) == len(reports) else f"{listed(of)}: {note}" for note, of in stacks.items()]
