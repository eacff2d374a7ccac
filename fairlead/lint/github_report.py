"""What does a pull request show beside its lines? The findings as commands of GitHub's workflow log."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.lint.linted import Linted, Placed
from fairlead.terminal.annotations import annotation
from fairlead.yaml_files.positions import Place

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def github_report(linted: Linted) -> str:
    """One annotation a finding, and one at each other object of a conflict."""
    return "\n".join(line for each in linted.found for line in (_annotation(each), *_of_others(each)))


def _of_others(each: Placed) -> Iterator[str]:
    """At another object: what the finding says, and where it is reported."""
    finding = each.finding
    for other in each.related:
        message = f"{other.subject} takes part: {each.subject} ({each.file}:{each.place.line}): {finding.message}"
        yield annotation(
            _COMMANDS[finding.severity], finding.rule, f"{message}\n{finding.remedy}", **_at(other.file, other.place)
        )


def _at(file: str, place: Place) -> dict[str, str]:
    return {"file": "stdin" if file == "-" else file, "line": str(place.line), "col": str(place.column)}


def _annotation(each: Placed) -> str:
    finding = each.finding
    where = " ".join(part for part in (each.subject, each.path) if part)
    message = f"{where}: {finding.message}" if where else finding.message
    parts = [
        message,
        finding.remedy,
        f"Also reported by {', '.join(finding.counterparts)}" if finding.counterparts else "",
    ]
    told = "\n".join(part for part in parts if part)
    return annotation(_COMMANDS[finding.severity], finding.rule, told, **_at(each.file, each.place))
