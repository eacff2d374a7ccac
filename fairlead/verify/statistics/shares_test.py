"""Do answers come with the shares that are promised? An exact sequential test, which ends as soon as that is clear.

Against the promise stands a martingale: how much better a mixture of other shares explains what came than the promised
ones do. While the promise is true, its value ever exceeds 1/a with a chance of at most a, however often one looks
(Ville's inequality), so 1 / its largest value is a p value, and a false alarm at most as likely as `alarm`. The mixture
is half of all shares alike (Dirichlet), which notices a gross difference after a few requests, and half of the
alternatives, which are what has to be noticed. For the promise stands Wald's sequential probability ratio test against
each alternative: a share that is as far away as that is accepted with a chance of at most `miss`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from fairlead.verify.statistics.alternatives import Alternative, alternatives

MISS = 0.01
"""How likely a share that is as far away as the alternatives is taken for the promised one."""


class Ruling(StrEnum):
    """What the answers so far say."""

    TRUE = "true"
    FALSE = "false"
    OPEN = "open"


@dataclass
class SharesTest:
    """A test under way. `shares` are of 1; a category without one must never be seen, and a lone one always: of that no
    number of answers is enough, so it stays open until another one comes."""

    shares: Mapping[str, float]
    alarm: float
    miss: float = MISS
    counts: Counter[str] = field(default_factory=Counter[str])
    ruling: Ruling = Ruling.OPEN
    strange: str = ""
    """The category that was seen though it must never be."""
    _largest: float = 0.0
    _others: tuple[Alternative, ...] = ()

    def __post_init__(self) -> None:
        self._others = tuple(alternatives(self.shares)) if len(self.shares) > 1 else ()

    @property
    def number(self) -> int:
        return self.counts.total()

    @property
    def p(self) -> float:
        """Valid at any time; 0 where something was seen that must never be."""
        return 0.0 if self.strange else math.exp(-self._largest)

    def see(self, answers: Mapping[str, int]) -> Ruling:
        """More answers, by category; looked at once all are counted, as their order is not known. A ruling stays."""
        self.counts.update(answers)
        strange = sorted(category for category, times in answers.items() if times and category not in self.shares)
        if strange:
            self.strange, self.ruling = strange[0], Ruling.FALSE
        elif self.ruling is Ruling.OPEN and self.number:
            self.ruling = self._ruled()
        return self.ruling

    def _ruled(self) -> Ruling:
        if not self._others:
            return Ruling.OPEN
        self._largest = max(self._largest, log_evidence(self.shares, self.counts, self._others))
        if self._largest >= -math.log(self.alarm):
            return Ruling.FALSE
        worst = max(each.log_ratio(self.counts[each.category], self.number) for each in self._others)
        return Ruling.TRUE if worst <= math.log(self.miss) else Ruling.OPEN


def log_evidence(shares: Mapping[str, float], counts: Mapping[str, int], others: Sequence[Alternative]) -> float:
    """The logarithm of the mixture: by how much other shares explain the counts better. While the shares are true, its
    value stays the same on average from one answer to the next (a martingale), and it begins at 1."""
    number, kinds = sum(counts.values()), len(shares)
    mixed = math.lgamma(kinds) - math.lgamma(number + kinds)
    for category, share in shares.items():
        hits = counts.get(category, 0)
        mixed += math.lgamma(hits + 1) - hits * math.log(share)
    each_other = (each.log_ratio(counts.get(each.category, 0), number) - math.log(len(others)) for each in others)
    parts = [mixed, *each_other]
    top = max(parts)
    return top + math.log(sum(math.exp(each - top) for each in parts) / 2)


def usual_number(shares: Mapping[str, float], miss: float = MISS) -> int:
    """About how many requests a true promise takes: what the nearest alternative costs by Wald's estimate, and as much
    more for the others as was measured (tools/verify_errors.py): all have to be passed, each by an accident of its
    own."""
    slowest = min(each.per_request for each in alternatives(shares))
    return math.ceil((len(shares) + 1) / 2 * -math.log(miss) / slowest)
