"""What does another program read? The findings as JSON, one object each."""

from __future__ import annotations

import json
from typing import Any

from fairlead.lint.linted import SEVERITIES, Linted, Placed, RelatedPlace
from fairlead_mesh.model.objects.yaml_values import plain_value


def json_report(linted: Linted) -> str:
    """`findings` in order, and `summary` with their numbers."""
    numbers = {f"{severity}s": linted.number(severity) for severity in SEVERITIES}
    document = {
        "findings": [_finding(each) for each in linted.found],
        "summary": {**numbers, "silenced": linted.silenced, "lookedAt": linted.looked_at},
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)


def _finding(each: Placed) -> dict[str, Any]:
    finding = each.finding
    kind, namespace, name = finding.subject or ("", "", "")
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "kind": kind,
        "namespace": namespace,
        "name": name,
        "file": each.file,
        "path": each.path,
        "line": each.place.line,
        "column": each.place.column,
        "value": plain_value(finding.value),
        "message": finding.message,
        "remedy": finding.remedy,
        "counterparts": list(finding.counterparts),
        "related": [_related(other) for other in each.related],
    }


def _related(each: RelatedPlace) -> dict[str, Any]:
    kind, namespace, name = each.related.subject or ("", "", "")
    return {
        "kind": kind,
        "namespace": namespace,
        "name": name,
        "file": each.file,
        "line": each.place.line,
        "column": each.place.column,
    }
