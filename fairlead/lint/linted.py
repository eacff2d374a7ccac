"""What did a lint find, and where? Findings with their file and line, in an order that never changes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairlead.yaml_files.positions import Place
from fairlead_mesh.findings import Finding, Related, Severity, dotted, joined

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True)
class RelatedPlace:
    """Another object of a conflict, with its file and its place there."""

    related: Related
    file: str
    place: Place

    @property
    def subject(self) -> str:
        """The object in words, as of a finding."""
        return _in_words(self.related.subject)


@dataclass(frozen=True)
class Placed:
    """A finding with the file that it is to be fixed in, and the place of its value there; so for `related` objects."""

    finding: Finding
    file: str
    place: Place
    related: tuple[RelatedPlace, ...] = ()

    @property
    def path(self) -> str:
        """The path as people write it: of the stack file, or inside the object."""
        path = self.finding.path
        return joined(path) if self.finding.source or not path else dotted(path)

    @property
    def subject(self) -> str:
        """The object in words: `VirtualService web/routes`; empty for what is no object's."""
        return _in_words(self.finding.subject)


def _in_words(subject: tuple[str, str, str] | None) -> str:
    if subject is None:
        return ""
    kind, namespace, name = subject
    return f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"


@dataclass(frozen=True)
class Linted:
    """All that was found, how many findings are silenced, and what was looked at, in words."""

    found: Sequence[Placed]
    silenced: int
    looked_at: str

    def number(self, severity: Severity) -> int:
        return sum(each.finding.severity == severity for each in self.found)

    def fails(self, fail_on: str) -> bool:
        """Whether something is as bad as `fail_on`, or worse; `never` is not."""
        worse = SEVERITIES[: SEVERITIES.index(fail_on) + 1] if fail_on in SEVERITIES else ()
        return any(each.finding.severity in worse for each in self.found)


def shown_path(path: Path) -> str:
    """A file as people in the current folder would name it."""
    here, whole = Path.cwd(), path.resolve()
    return os.path.relpath(whole, here) if whole.is_relative_to(here) else str(path)


def in_order(found: Iterable[Placed]) -> list[Placed]:
    """By file, line, column and rule, whichever rule was asked first."""

    def key(each: Placed) -> tuple[Any, ...]:
        return each.file, each.place, each.finding.rule, each.path, each.finding.message

    return sorted(found, key=key)
