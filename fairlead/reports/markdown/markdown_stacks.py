"""How do several stacks share one comment? The short reports whole, the long ones shorter, none cut."""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.reports.fitting import Fitting, Form
from fairlead.reports.limits import LIMIT
from fairlead.reports.markdown.markdown_report import (
    GIVES_WAY,
    SUMMED_UP,
    body_forms,
    markdown_report,
    note_forms,
)
from fairlead.reports.markdown.markdown_text import strong, text
from fairlead.reports.report import Report
from fairlead.reports.rooms import rooms
from fairlead.reports.several_stacks import Several, several
from fairlead.reports.wording import counted, numbers, opening

_BETWEEN = "\n\n"
_ROOM_FOR_THE_REST = 60
_LONGEST_NAME = 200
_NOT_COMPARED = "not compared"


def markdown_reports(reports: Sequence[Report], *, limit: int = LIMIT) -> str:
    """All of it in at most `limit` letters."""
    if len(reports) == 1:
        return markdown_report(reports[0], limit=limit)
    bodies = {id(each): body_forms(each, limit) for each in reports if each.tells}
    told = several(reports, lambda each: _BETWEEN.join(forms[0]() for forms in bodies[id(each)].values()))
    fittings = [Fitting({"title": _title_forms(names, each), **bodies[id(each)]}) for names, each in told.groups]
    fittings.append(Fitting({"notes": note_forms(told.notes, "## Notes")}))
    head, last = f"**{text(told.revisions)}**", text(told.unchanged)
    fixed = sum(len(each) + len(_BETWEEN) for each in (head, last, SUMMED_UP))
    wanted = [len(each.fit(limit, GIVES_WAY, "")) + len(_BETWEEN) for each in fittings]
    given = rooms(wanted, limit - fixed)
    *stacks, notes = (each.fit(room - len(_BETWEEN), GIVES_WAY, "") for each, room in zip(fittings, given, strict=True))
    summed_up = "" if all(each.is_whole for each in fittings) else SUMMED_UP
    written = _BETWEEN.join(part for part in (head, *stacks, last, notes, summed_up) if part)
    return written if len(written) <= limit else _by_number(told, limit)


def _title_forms(names: str, report: Report) -> list[Form]:
    """The stack, and how much changes or why nothing was compared."""
    heading = f"## {text(names[:_LONGEST_NAME])}"
    if report.comparison is None:
        return [lambda: f"{heading}\n\n{strong(opening(report))}", lambda: f"{heading}\n\n**Not compared.**"]
    return [lambda: f"{heading}\n\n{text(numbers(report))}"]


def _by_number(told: Several, limit: int) -> str:
    """How much changes in each stack, where there is room for no more."""
    lines = ["**fairlead diff**", ""]
    for place, (names, report) in enumerate(told.groups):
        line = f"- {strong(names[:_LONGEST_NAME])}: {text(numbers(report) or _NOT_COMPARED)}"
        if sum(len(each) + 1 for each in [*lines, line]) + len(SUMMED_UP) + _ROOM_FOR_THE_REST > limit:
            lines.append(f"- and {counted(len(told.groups) - place, 'more stack')}")
            break
        lines.append(line)
    return "\n".join([*lines, "", SUMMED_UP])
