"""What does another program read of a diff? The whole report as JSON, under keys that stay.

    stack, before, after   as the title names them
    summary                how many resources are added, removed, changed, renamed, recreated; objects of charts, risks,
                           and how many of these have each grade
    effects                every sentence: subject, text, kind (traffic: about requests; risk: about the rest), grade
                           (high, medium, low; info where nothing is hurt) and, where it could hurt, hurt and advice;
                           of kind traffic also a witness: request (from, gateway, method, url, headers, claims), client
                           in words, curl for a shell, and the outcomes before and after
    requests               classes of requests: how many were asked about, how many of them are treated differently,
                           notDecided and notCovered in words; null where nothing changes
    risks                  those of them that could hurt, of either kind, the worst first
    changes                how, kind, namespace, name, chartOf (the release that brings it, else empty), differences;
                           for what is renamed or recreated also formerly and now, its names in the program
    lint                   new and fixed findings, and how many remain; null where lint did not run
    notCompared            why there is no comparison; null where there is one
    notes                  what has to be known of how the comparison was made

A difference has a path, and `old` and `new` as far as the value is there. What is added or removed is one difference
with the empty path: the whole object. `compared` in the summary is false where a side could not be evaluated.
Several stacks are such documents in a list, under the key `stacks` of one document.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from fairlead.comparison.comparison import Change, How
from fairlead.comparison.lint_change import LintChange
from fairlead.effects.requests.coverage import Coverage
from fairlead.evaluation.differences import ABSENT
from fairlead.reports.report import Report, plain
from fairlead_mesh.model.objects.yaml_values import plain_value


def json_report(report: Report) -> str:
    """One document with sorted keys."""
    return _written(_document(report))


def documents(reports: Sequence[Report]) -> list[dict[str, Any]]:
    """The same as data, before it is written down."""
    return [_document(each) for each in reports]


def json_reports(reports: Sequence[Report]) -> str:
    """The report of one stack; of several, a document with all of them under `stacks`."""
    documents = [_document(each) for each in reports]
    return _written(documents[0] if len(documents) == 1 else {"stacks": documents})


def _document(report: Report) -> dict[str, Any]:
    changes = report.comparison.changes if report.comparison else ()
    return {
        "stack": report.stack,
        "before": report.before,
        "after": report.after,
        "summary": _summary(report),
        "effects": [plain(each) for each in report.effects],
        "requests": _requests(report.coverage) if report.coverage else None,
        "risks": [plain(each) for each in report.risks],
        "changes": [_change(each) for each in changes],
        "lint": _lint(report.lint) if report.lint else None,
        "notCompared": report.not_compared or None,
        "notes": list(report.notes),
    }


def _written(document: dict[str, Any]) -> str:
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    # Half a character, which YAML can name and no output can hold, stays the escape that JSON has for it.
    return text.encode("utf-8", "backslashreplace").decode()


def _summary(report: Report) -> dict[str, Any]:
    changes = report.comparison.changes if report.comparison else ()
    return {
        "compared": report.comparison is not None,
        **{str(how): report.numbers.get(how, 0) for how in How},
        "objectsOfCharts": sum(bool(each.chart_of) for each in changes),
        "risks": len(report.risks),
        "grades": {str(grade): number for grade, number in report.grades.items()},
    }


def _requests(found: Coverage) -> dict[str, Any]:
    counts = {"asked": found.asked, "different": found.different}
    return {**counts, "notDecided": list(found.undecided), "notCovered": list(found.uncovered)}


def _change(change: Change) -> dict[str, Any]:
    names = {"formerly": change.before.name, "now": change.after.name} if change.before and change.after else {}
    return {
        "how": str(change.how),
        "kind": change.kind,
        "namespace": change.namespace,
        "name": change.name,
        "chartOf": change.chart_of,
        "differences": _differences(change),
        **(names if change.how in (How.RENAMED, How.RECREATED) else {}),
    }


def _differences(change: Change) -> list[dict[str, Any]]:
    if change.old is None or change.new is None:
        whole = ("new", change.new) if change.old is None else ("old", change.old)
        return [{"path": "", whole[0]: plain_value(dict(whole[1] or {}))}]
    return [
        {"path": each.path, **{key: plain_value(value) for key, value in sides if value is not ABSENT}}
        for each in change.differences
        for sides in [(("old", each.old), ("new", each.new))]
    ]


def _lint(lint: LintChange) -> dict[str, Any]:
    return {
        "new": [asdict(each) for each in lint.new],
        "fixed": [asdict(each) for each in lint.fixed],
        "remaining": lint.remaining,
    }
