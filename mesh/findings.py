"""What is wrong with a stack file? Findings: one list that names path, value and remedy."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Path = tuple[str | int, ...]

_LONGEST_VALUE = 80


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: `path` leads to the `value` in the stack file, `message` says why and what to write."""

    rule: str
    path: Path
    value: Any
    message: str
    severity: Literal["error", "warning"] = "error"
    first: Path | None = None
    """Where the value stands already, if it may be there only once."""


class ConfigError(Exception):
    """The stack file describes no mesh; `findings` are all the reasons."""

    def __init__(self, findings: Iterable[Finding]):
        self.findings = tuple(findings)
        super().__init__(report(self.findings))


def dotted(path: Path) -> str:
    """`("apps", 0, "port")` -> `fairlead:apps[0].port`, as it would be looked for in the stack file."""
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return f"fairlead:{words.removeprefix('.')}"


def shown(value: Any) -> str:
    """A value on one line; a long one is cut."""
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 4]} ..."


def _place(finding: Finding) -> str:
    return dotted(finding.path) if finding.value is None else f"{dotted(finding.path)}: {shown(finding.value)}"


def _reason(finding: Finding) -> str:
    return f"{finding.message} (the first is at {dotted(finding.first)})" if finding.first else finding.message


def report(findings: Iterable[Finding]) -> str:
    """All findings, one block a finding, in the order of the file's sections."""
    listed = list(findings)
    number = "one thing" if len(listed) == 1 else f"{len(listed)} things"
    blocks = [f"{_place(finding)}\n      {_reason(finding)}" for finding in listed]
    return "\n".join([f"the stack file has {number} to mend:", *("  " + block for block in blocks)])
