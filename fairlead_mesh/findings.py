"""What is wrong with a stack file? Findings: one list that names path, value and remedy."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Path = tuple[str | int, ...]
Severity = Literal["error", "warning", "info"]

_LONGEST_VALUE = 80
_MOST_OF_A_RULE = 3
_DIVIDES = re.compile(r"""[.\[\]"'=\s]""")


class Subject(Protocol):
    """The object that a hit is about, as far as a finding names it: an `Item` of the model."""

    @property
    def kind(self) -> str: ...
    @property
    def namespace(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def metadata(self) -> dict[str, Any]: ...
    def get(self, *path: str | int) -> Any: ...
    @property
    def origin(self) -> Path: ...
    @property
    def places(self) -> Mapping[Path, Path]: ...
    @property
    def source(self) -> str: ...
    @property
    def document(self) -> int: ...


@dataclass(frozen=True)
class Hit:
    """Where a rule does not hold.

    `path` leads to the `value`: in the stack file, or in the object of `item`. `message` says what is wrong and what it
    would have been in production, `remedy` what to write instead. `first` is where the value stands already, if it may
    be there only once; `severity` differs from the rule's where it is only a guess. `others` are the objects that take
    part in a conflict with this one, each with the path that does.
    """

    path: Path
    value: Any
    message: str
    remedy: str = ""
    item: Subject | None = None
    first: Path | None = None
    severity: Severity | None = None
    others: tuple[tuple[Subject, Path], ...] = ()


@dataclass(frozen=True)
class Related:
    """Another object that takes part in what a finding says, and where, as a finding names its own."""

    subject: tuple[str, str, str] | None
    path: Path
    source: str = ""
    document: int = 0


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: `path` leads to the `value`, `message` says why, `remedy` what to write instead.

    The path is one of the stack file; for an object that stands in a file of its own (`source`, its `document` from 0)
    it is one of that object. `subject` is the object's kind, namespace and name; `first` is where the value stands
    already, if it may be there only once; `related` are the other objects of a conflict, which is reported once.
    """

    rule: str
    path: Path
    value: Any
    message: str
    severity: Severity = "error"
    first: Path | None = None
    remedy: str = ""
    counterparts: tuple[str, ...] = ()
    subject: tuple[str, str, str] | None = None
    source: str = ""
    document: int = 0
    related: tuple[Related, ...] = ()


class ConfigError(Exception):
    """The stack file describes no mesh; `findings` are all the reasons."""

    def __init__(self, findings: Iterable[Finding]):
        self.findings = tuple(findings)
        super().__init__(report(self.findings))


def dotted(path: Path) -> str:
    """`("apps", 0, "port")` -> `fairlead:apps[0].port`, as it would be looked for in the stack file.

    A key of another namespace, such as `aws:region`, stands for itself.
    """
    words = joined(path)
    return words if path and ":" in str(path[0]) else f"fairlead:{words}"


def joined(path: Path) -> str:
    """`("spec", "http", 0)` -> `spec.http[0]`, with a key that holds a dot as `labels["example.com/team"]`."""
    return "".join(_step(part) for part in path).removeprefix(".")


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return f'["{part}"]' if _DIVIDES.search(part) else f".{part}"


def shown(value: Any) -> str:
    """A value on one line; a long one is cut."""
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 4]} ..."


def place(finding: Finding) -> str:
    """Where a finding is: `fairlead:apps[0].port`, or the file and the path in the object that stands there."""
    in_file = ": ".join(part for part in (finding.source, joined(finding.path)) if part)
    where = in_file if finding.source else dotted(finding.path)
    return where if finding.value is None else f"{where}: {shown(finding.value)}"


def _reason(finding: Finding) -> str:
    reason = "; ".join(part for part in (finding.message, finding.remedy) if part)
    return f"{reason} (the first is at {dotted(finding.first)})" if finding.first else reason


def _blocks(findings: Iterable[Finding]) -> list[str]:
    return [f"  {place(finding)}\n      {_reason(finding)}" for finding in findings]


def report(findings: Iterable[Finding]) -> str:
    """All findings, one block a finding, in the order of the file's sections."""
    blocks = _blocks(findings)
    number = "one thing" if len(blocks) == 1 else f"{len(blocks)} things"
    return "\n".join([f"the stack file has {number} to fix:", *blocks])


def warnings(findings: Iterable[Finding]) -> str:
    """What is worth a look but stops nothing, in one message; of each rule a few."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    lines: list[str] = []
    for rule, found in by_rule.items():
        lines += _blocks(found[:_MOST_OF_A_RULE])
        lines += [f"  and {len(found) - _MOST_OF_A_RULE} more of {rule}"] if len(found) > _MOST_OF_A_RULE else []
    total = sum(len(found) for found in by_rule.values())
    number = "one thing" if total == 1 else f"{total} things"
    whole = "`fairlead lint --stack <stack>` shows all of them; what is intended is silenced under fairlead:lint."
    return "\n".join([f"the stack file has {number} to look at:", *lines, whole])
