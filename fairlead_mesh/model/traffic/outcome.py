"""What becomes of a request? Its possible ends, each with its share, and the steps that lead there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fairlead_mesh.findings import Path
from fairlead_mesh.model.objects.item import Item

REFUSED, RESET, CLOSED, TLS, NO_NAME = "refused", "reset", "closed", "tls", "no-such-name"
OUTSIDE = "outside"
"""Who answers what leaves the mesh."""


@dataclass(frozen=True)
class Step:
    """One thing that happens on the way, and the object that decides it; `passed` is what does not happen, and why."""

    text: str
    item: Item | None = None
    path: Path = ()
    passed: Sequence[str] = ()


@dataclass(frozen=True)
class Outcome:
    """An end: a `status`, or an `error` where there is no answer. `answered` is the workload whose answer it is,
    `received` how often which workload got the request, `seen` what the app saw, `answer` headers of the answer.

    `at_once`: the connection to the pods failed before they got the request, which proxies try again elsewhere.
    """

    share: float = 1.0
    status: int | None = None
    error: str = ""
    answered: str = ""
    received: tuple[tuple[str, float], ...] = ()
    seen: Mapping[str, Any] | None = None
    answer: Mapping[str, str] = field(default_factory=dict[str, str])
    body: str | None = None
    seconds: float | None = None
    steps: tuple[Step, ...] = ()
    open: str = ""
    at_once: bool = False
    watched: tuple[str, ...] = ()
    """The clients and destinations on the way whose outlier detection counts failures."""
    cut: bool = False
    """A perTryTimeout ended the attempt, which Envoy retries as it does a reset."""
    pools: tuple[str, ...] = ()
    """The destinations on the way of which several workloads are the pods: how many requests each gets depends on how
    many pods it has and on the load balancing, so `share` is what equal numbers of pods would get."""
    through: tuple[str, ...] = ()
    """The workloads of the gateways that it passes, or that end it."""

    def after(self, *steps: Step) -> Outcome:
        """The same end, with steps that came before."""
        return replace(self, steps=(*steps, *self.steps))

    @property
    def without_identity(self) -> Outcome:
        """The same where a client certificate is told to the app beside the gateway's identity: which of them it reads,
        nobody knows."""
        seen = {key: value for key, value in (self.seen or {}).items() if key != "identity"}
        return replace(self, seen=seen or None)

    @property
    def fails(self) -> bool:
        """Whether outlier detection would count it."""
        return self.status is None or self.status >= 500  # noqa: PLR2004 - a server's error

    @property
    def in_words(self) -> str:
        if self.open:
            return f"not decided: {self.open}"
        if self.status is None:
            return _ERRORS.get(self.error, self.error)
        return f"{self.status} from {self.answered}" if self.answered else str(self.status)


_ERRORS = {
    REFUSED: "connection refused",
    RESET: "connection reset",
    CLOSED: "connection closed",
    TLS: "TLS handshake failed",
    NO_NAME: "the name does not resolve",
}


def shared(outcomes: Iterable[Outcome], share: float) -> list[Outcome]:
    """The same ends for a part of the requests."""
    return [replace(each, share=each.share * share) for each in outcomes]


def after(outcomes: Iterable[Outcome], *steps: Step) -> list[Outcome]:
    """The same ends, with steps that came before."""
    return [each.after(*steps) for each in outcomes]


def received(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Workload -> how many requests it gets for each that is sent."""
    found: dict[str, float] = defaultdict(float)
    for outcome in outcomes:
        for workload, times in outcome.received:
            found[workload] += outcome.share * times
    return dict(found)
