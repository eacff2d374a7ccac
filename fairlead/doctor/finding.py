"""What does a check say? One line: a verdict, what was seen, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fairlead.doctor.examined import Examined


class Verdict(StrEnum):
    """How it stands; a failed check is one that `up` would fail on, or that would leave the mesh not working."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Seen:
    """What one check saw, and the remedy where something is wrong."""

    verdict: Verdict
    text: str
    remedy: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """The same with the name of the check."""

    check: str
    seen: Seen


Check = Callable[["Examined"], Iterable[Seen]]


class Skip(Exception):  # noqa: N818 - it is no error
    """The check does not apply here; its text says why."""


def ok(text: str) -> Seen:
    """All is well, and why that is known."""
    return Seen(Verdict.OK, text)


def warning(text: str, remedy: str) -> Seen:
    """It may go wrong, or nobody can know."""
    return Seen(Verdict.WARNING, text, remedy)


def failed(text: str, remedy: str) -> Seen:
    """It goes wrong."""
    return Seen(Verdict.FAILED, text, remedy)
