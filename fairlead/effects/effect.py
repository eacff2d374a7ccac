"""What is said of a change? One sentence, about requests or about the rest; where it could hurt, how and how much."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, IntEnum, StrEnum

from fairlead.comparison.comparison import Comparison
from fairlead.effects.witness import Witness


class Kind(StrEnum):
    """What a sentence is about."""

    TRAFFIC = "traffic"
    """What happens to requests."""
    RISK = "risk"
    """The rest: what it takes to get there, and what Istio and the cluster do."""


class Grade(StrEnum):
    """How bad it can get, the worst first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"
    """Nothing is hurt."""


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

    @property
    def grade(self) -> Grade:
        if self <= Hurt.REFUSES:
            return Grade.HIGH
        return Grade.LOW if self is Hurt.RESTARTS else Grade.MEDIUM


_WORDS = {
    Hurt.INTERRUPTS: "interrupts traffic",
    Hurt.EXPOSES: "widens access",
    Hurt.REFUSES: "rejects clients",
    Hurt.REPLACES: "replaces",
    Hurt.DELETES: "deletes",
    Hurt.CONTROL_PLANE: "control plane",
    Hurt.RESTARTS: "restarts pods",
}


class Sender(Enum):
    """Who sends a request, as far as sentences tell."""

    GATEWAY = 1
    """A client of a gateway."""
    PLAIN_TEXT = 2
    """A pod without a sidecar."""


@dataclass(frozen=True)
class Effect:
    """One sentence, `subject: text`. With `hurt` it could hurt, and `advice` says what to do or to look at."""

    subject: str
    text: str
    hurt: Hurt | None = None
    advice: str = ""
    kind: Kind = Kind.RISK
    witness: Witness | None = field(default=None, compare=False)
    """One request of which this is true; what is said of several subjects needs one of them."""
    gains: bool = False
    """Whether somebody gets an answer who got none, which is what a reviewer asks first."""
    about: frozenset[str] = field(default=frozenset(), compare=False)
    """What it is said of, as keys: `namespace/web`, `pods/web/shop`, `gateway/edge/edge`, `host/a.com`, `mesh`."""
    sender: Sender | None = None
    """Of whose requests it is said, where it is not of everybody's."""

    @property
    def sentence(self) -> str:
        return f"{self.subject}: {self.text}"

    @property
    def grade(self) -> Grade:
        return self.hurt.grade if self.hurt else Grade.INFO

    @property
    def rank(self) -> int:
        """By this a reader finds what matters first: who gains access, then the worst, then what newly answers."""
        if self.kind is Kind.TRAFFIC and self.hurt is Hurt.EXPOSES:
            return _FIRST
        return self.hurt or (_GAINS if self.gains else _HARMLESS)


_FIRST, _GAINS, _HARMLESS = 0, 98, 99
Effects = Iterator[Effect]
Watcher = Callable[[Comparison], Iterable[Effect]]
"""Looks at one kind of change and says what it does."""
