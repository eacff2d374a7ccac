"""What does a pull request show beside its lines? The findings as commands of GitHub's workflow log."""

from __future__ import annotations

from fairlead.lint.linted import Linted, Placed
from fairlead.terminal.annotations import annotation

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def github_report(linted: Linted) -> str:
    """One annotation a finding."""
    return "\n".join(_annotation(each) for each in linted.found)


def _annotation(each: Placed) -> str:
    finding = each.finding
    at = {
        "file": "stdin" if each.file == "-" else each.file,
        "line": str(each.place.line),
        "col": str(each.place.column),
    }
    where = " ".join(part for part in (each.subject, each.path) if part)
    message = f"{where}: {finding.message}" if where else finding.message
    parts = [
        message,
        finding.remedy,
        f"Also reported by {', '.join(finding.counterparts)}" if finding.counterparts else "",
    ]
    told = "\n".join(part for part in parts if part)
    return annotation(_COMMANDS[finding.severity], finding.rule, told, **at)
