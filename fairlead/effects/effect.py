"""What is said of a change? One sentence about traffic and, where it could hurt, how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from fairlead.comparison.comparison import Comparison


class Hurt(IntEnum):
    """How a change could hurt, the worst first."""

    INTERRUPTS = 1
    """Requests that were answered are answered no more."""
    EXPOSES = 2
    """Somebody gets in who could not, or a connection loses its protection."""
    REFUSES = 3
    """Callers that were let in are refused."""
    REPLACES = 4
    """Something is deleted and created anew, or moves to another address."""
    DELETES = 5
    """Something goes and does not come back."""
    CONTROL_PLANE = 6
    """Istio itself changes: versions, revisions, what every proxy is told."""
    RESTARTS = 7
    """Pods start anew."""

    @property
    def words(self) -> str:
        return _WORDS[self]


_WORDS = {
    Hurt.INTERRUPTS: "interrupts traffic",
    Hurt.EXPOSES: "widens access",
    Hurt.REFUSES: "rejects clients",
    Hurt.REPLACES: "replaces",
    Hurt.DELETES: "deletes",
    Hurt.CONTROL_PLANE: "control plane",
    Hurt.RESTARTS: "restarts pods",
}


@dataclass(frozen=True)
class Effect:
    """One sentence, `subject: text`. With `hurt` it is a risk too, and `advice` says what to do or to look at."""

    subject: str
    text: str
    hurt: Hurt | None = None
    advice: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.subject}: {self.text}"


Effects = Iterator[Effect]
Watcher = Callable[[Comparison], Iterable[Effect]]
"""Looks at one kind of change and says what it does."""
