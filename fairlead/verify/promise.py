"""What is promised, what was seen, and does it hold? What every check makes, and every report shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.traffic.explanation import Explanation

if TYPE_CHECKING:
    from fairlead.verify.asking import Asking

__all__ = ["Asking", "Evidence", "Promise", "Standing", "Verdict"]


@dataclass(frozen=True)
class Promise:
    """One sentence that can be true or not of a class of requests, or of a part of the mesh.

    `id` stays the same from run to run while the sentence does. `about` is the app, the gateway or the addon, as
    `--only` names it. `how` says how it is tested; where it is not, it is empty and `untested` says why. `requests` is
    how many are usually sent. `is_random`: chance has a part in what is seen, so a test of statistics decides, which
    takes a part of the report's false alarms. `check` is the name of the check's file without `_check`. `details` is
    the check's own.
    """

    id: str
    check: str
    about: str
    sentence: str
    how: str = ""
    untested: str = ""
    request: Request | None = None
    expected: Explanation | None = None
    requests: int = 0
    is_random: bool = False
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Evidence:
    """What was seen: `seen` in words, `numbers` by what was counted, `p` of the exact test where there was one."""

    seen: str
    place: str = ""
    requests: int = 0
    seconds: float = 0.0
    numbers: Mapping[str, float] = field(default_factory=dict[str, float])
    p: float | None = None


class Standing(StrEnum):
    """How a promise stands. What could not be asked has a reason: it is neither kept nor broken."""

    HOLDS = "holds"
    BROKEN = "does not hold"
    UNASKED = "could not be asked"


UNKNOWN = "the cause is not known: "
"""What stands before the reason why no cause could be looked for."""


@dataclass(frozen=True)
class Verdict:
    """A promise, how it stands, and why: `causes` are lines about what the proxies say, `why` why it was not asked."""

    promise: Promise
    standing: Standing
    evidence: Evidence | None = None
    why: str = ""
    causes: Sequence[str] = ()

    @property
    def has_cause(self) -> bool:
        """Whether something is named that explains it."""
        return any(not each.startswith(UNKNOWN) for each in self.causes)


def holds(promise: Promise, evidence: Evidence) -> Verdict:
    """It was seen to be true."""
    return Verdict(promise, Standing.HOLDS, evidence)


def broken(promise: Promise, evidence: Evidence, *causes: str) -> Verdict:
    """It was seen to be untrue."""
    return Verdict(promise, Standing.BROKEN, evidence, causes=causes)


def unasked(promise: Promise, why: str, evidence: Evidence | None = None) -> Verdict:
    """Nobody knows, and why."""
    return Verdict(promise, Standing.UNASKED, evidence, why)
