"""What is a rule of Prometheus? One that records a series, or one that alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fairlead_mesh.keys.section import given

Severity = Literal["critical", "warning"]
POD_IN_WORDS = "{{ $labels.pod }} in {{ $labels.namespace }}"
RUNBOOKS = "docs/runbooks.md"
"""What alerts link to, unless the stack file says where people of a team find that page."""


@dataclass(frozen=True)
class Recording:
    """A series `record` with the value of the expression."""

    record: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict[str, str])

    def rule(self) -> dict[str, Any]:
        return given(record=self.record, expr=self.expr, labels=dict(self.labels))


@dataclass(frozen=True)
class Alert:
    """Fires while the expression has found something for `after`; its section of the runbooks has its name."""

    name: str
    severity: Severity
    expr: str
    after: str
    summary: str
    description: str

    def rule(self, runbooks: str) -> dict[str, Any]:
        return {
            "alert": self.name,
            "expr": self.expr,
            **({"for": self.after} if self.after else {}),
            "labels": {"severity": self.severity},
            "annotations": {
                "summary": self.summary,
                "description": self.description,
                "runbook_url": f"{runbooks}#{self.name.lower()}",
            },
        }
