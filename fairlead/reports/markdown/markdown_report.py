"""What does a pull request show of a diff? One comment that always fits: sentences, risks, a picture, objects."""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.comparison.lint_change import LintFinding
from fairlead.reports.fitting import Fitting, Form
from fairlead.reports.limits import LIMIT
from fairlead.reports.markdown.markdown_objects import object_forms
from fairlead.reports.markdown.markdown_sentences import risk_forms, traffic_forms
from fairlead.reports.markdown.markdown_text import code, fenced, strong, text
from fairlead.reports.markdown.markdown_witnesses import witness_forms
from fairlead.reports.mermaid import mermaid
from fairlead.reports.report import Report
from fairlead.reports.wording import counted, lint_numbers, numbers, opening, place, title

SUMMED_UP = "Shortened to fit. `fairlead diff … --format text --verbose` shows all of it."
GIVES_WAY = ("objects", "lint", "picture", "witnesses", "notes", "requests", "risks", "title", "traffic")
_FEWER = (30, 10, 3)
_LEGEND = "Green is new, red and dashed is gone, yellow changes:"


def markdown_report(report: Report, *, limit: int = LIMIT) -> str:
    """The whole report in at most `limit` letters, of which there have to be `SMALLEST`."""
    sections = {
        "title": _title_forms(report),
        **body_forms(report, limit),
        "notes": note_forms(report.notes, "### Notes"),
    }
    return Fitting(sections).fit(limit, GIVES_WAY, SUMMED_UP)


def _title_forms(report: Report) -> list[Form]:
    first = strong(opening(report))

    def titled(heading: str, opened: str) -> str:
        return "\n\n".join(part for part in (opened, f"## {heading}", text(numbers(report))) if part)

    short = "**Not compared.**" if first else ""
    return [lambda: titled(text(title(report)), first), lambda: titled("fairlead diff", short)]


def body_forms(report: Report, limit: int) -> dict[str, Sequence[Form]]:
    """What is said of one stack, but for its title and its notes."""
    return {
        "traffic": traffic_forms(report.traffic),
        "requests": _request_forms(report),
        "witnesses": witness_forms(report.traffic),
        "risks": risk_forms(report.others),
        "picture": [lambda: _picture(report), lambda: ""],
        "objects": object_forms(report, limit),
        "lint": _lint_forms(report),
    }


def _request_forms(report: Report) -> list[Form]:
    said = report.said_of_requests
    return [lambda: text(" ".join(said)), lambda: text(said[0]) if said else ""]


def _picture(report: Report) -> str:
    chart = mermaid(report.comparison) if report.comparison else ""
    return f"{_LEGEND}\n\n{fenced('mermaid', chart.splitlines())}" if chart else ""


def _lint_forms(report: Report) -> list[Form]:
    lint = report.lint
    if lint is None:
        return [lambda: ""]
    head = f"### Lint\n\n{lint_numbers(lint)}."

    def form(most: int) -> str:
        new = [_finding(each) for each in lint.new[:most]]
        fixed = [f"- fixed: {code(each.rule)} {text(place(each))}" for each in lint.fixed[:most]]
        left = len(lint.new) + len(lint.fixed) - len(new) - len(fixed)
        lines = [*new, *fixed, *([f"- and {left:,} more"] if left > 0 else [])]
        return "\n".join([head, *(["", *lines] if lines else [])])

    whole = max(len(lint.new), len(lint.fixed))
    return [*(lambda most=most: form(most) for most in (whole, *_FEWER)), lambda: head]


def _finding(each: LintFinding) -> str:
    remedy = f"  \n  → {text(each.remedy)}" if each.remedy else ""
    return f"- **{text(each.severity)}** {code(each.rule)} {text(place(each))}: {text(each.message)}{remedy}"


def note_forms(notes: Sequence[str], heading: str) -> list[Form]:
    """All of them, some, how many there are."""

    def form(most: int) -> str:
        lines = [f"- {text(each)}" for each in notes[:most]]
        left = len(notes) - len(lines)
        return "\n".join([f"{heading}\n", *lines, *([f"- and {counted(left, 'more note')}"] if left > 0 else [])])

    if not notes:
        return [lambda: ""]
    some: list[Form] = [lambda most=most: form(most) for most in (len(notes), *_FEWER, 1)]
    return [*some, lambda: f"{heading}\n\n{counted(len(notes), 'note')}."]
