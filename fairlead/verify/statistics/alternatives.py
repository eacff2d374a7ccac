"""Which other shares have to be told from a promised one? Those ten points away, and of a small share its half and its
double."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

DISTANCE = 0.1
"""60/40 is told from 70/30."""
_HALF = 0.5


class Alternative(NamedTuple):
    """One category with another share than it is promised."""

    category: str
    promised: float
    other: float

    def log_ratio(self, hits: int, number: int) -> float:
        """By how much (natural logarithm) the other share explains so many hits better than the promised one."""
        missed = number - hits
        found = missed * math.log((1 - self.other) / (1 - self.promised)) if missed else 0.0
        return found + (hits * math.log(self.other / self.promised) if hits else 0.0)

    @property
    def per_request(self) -> float:
        """What one request tells on average against the other share while the promised one is true, in nats."""
        share, other = self.promised, self.other
        return share * math.log(share / other) + (1 - share) * math.log((1 - share) / (1 - other))


def alternatives(shares: Mapping[str, float]) -> Iterator[Alternative]:
    """For each category a smaller and a larger share."""
    for category, share in shares.items():
        small = min(share, 1 - share)
        towards, away = min(DISTANCE, small / 2), min(DISTANCE, small)
        down, up = (towards, away) if share <= _HALF else (away, towards)
        yield Alternative(category, share, share - min(down, share / 2))
        yield Alternative(category, share, share + min(up, (1 - share) / 2))
