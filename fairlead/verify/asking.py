"""With what does a check ask? The stack, the way to its cluster, and how much may be sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from fairlead.terminal.progress import Progress, Silent
from fairlead.verify.access import Access
from fairlead.verify.subject import Subject

FALSE_ALARM = 1e-3
"""How likely a report of a mesh that keeps every promise says otherwise."""

DRAINED = 45.0
"""Seconds for which Istio's proxies keep connections, with the policies of before a change (drainDuration)."""


@dataclass(frozen=True)
class Manners:
    """How much a run may send: requests in a second, and for one promise; `patience` is how many seconds the address of
    a gateway gets until it answers, as that of a new load balancer takes its time."""

    rate: float = 100.0
    most: int = 5000
    patience: float = 30.0


@dataclass
class Asking:
    """One run. `alarm` is the chance of a false alarm that one promise may take; the whole report's is divided before
    anything is sent."""

    subject: Subject
    access: Access
    manners: Manners = Manners()
    progress: Progress = field(default_factory=Silent)
    alarm: float = FALSE_ALARM
    again_after: float = 0.0
    """After how many seconds a promise is asked again that does not hold though the proxies' configuration names no
    cause; 0 for never."""
