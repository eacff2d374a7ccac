"""What does a pull request show beside its lines? The findings as commands of GitHub's workflow log."""

from __future__ import annotations

from fairlead.lint.linted import Linted, Placed
from fairlead.terminal.printable import printable

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def github_report(linted: Linted) -> str:
    """One annotation a finding."""
    return "\n".join(_annotation(each) for each in linted.found)


def _annotation(each: Placed) -> str:
    finding = each.finding
    properties = {
        "file": "stdin" if each.file == "-" else each.file,
        "line": str(each.place.line),
        "col": str(each.place.column),
        "title": finding.rule,
    }
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    where = " ".join(part for part in (each.subject, each.path) if part)
    message = f"{where}: {finding.message}" if where else finding.message
    parts = [
        message,
        finding.remedy,
        f"Also reported by {', '.join(finding.counterparts)}" if finding.counterparts else "",
    ]
    return f"::{_COMMANDS[finding.severity]} {written}::{_data(chr(10).join(part for part in parts if part))}"


def _data(text: str) -> str:
    # A log shows colours, and what else a terminal understands.
    return printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
