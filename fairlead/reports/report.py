"""What does a diff say, before it is written in any form? Sentences, risks, changes, findings and notes, in order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fairlead.comparison.comparison import Comparison
from fairlead.comparison.lint_change import LintChange
from fairlead.effects.effect import Effect, Grade, Kind
from fairlead.effects.requests.coverage import SAME, Coverage, coverage


@dataclass(frozen=True)
class Report:
    """A diff. `comparison` is None, and `effects` empty, where a side could not be evaluated; `notes` then say why.

    `notes` are what a reader has to know of how the comparison was made: what is missing in it, what stands in.
    `failed`: what was asked about, the later side or the cluster, could not be had. `not_compared`: why there is no
    comparison; every format opens with it, as a diff without a change looks the same otherwise.
    """

    stack: str
    before: str
    after: str
    comparison: Comparison | None
    effects: tuple[Effect, ...] = ()
    lint: LintChange | None = None
    notes: tuple[str, ...] = ()
    failed: bool = False
    not_compared: str = ""

    @property
    def tells(self) -> bool:
        """Whether there is anything to read: a change, another finding, or that nothing could be compared."""
        told = self.comparison is None or self.failed or self.effects or self.comparison.changes
        return bool(told or (self.lint and (self.lint.new or self.lint.fixed)))

    @cached_property
    def traffic(self) -> list[Effect]:
        """What happens to requests."""
        return [each for each in self.effects if each.kind is Kind.TRAFFIC]

    @cached_property
    def others(self) -> list[Effect]:
        """What else happens, the worst first."""
        return [each for each in self.effects if each.kind is not Kind.TRAFFIC]

    @cached_property
    def risks(self) -> list[Effect]:
        """All that could hurt, requests or the rest, the worst first."""
        return sorted((each for each in self.effects if each.hurt), key=lambda each: (each.hurt, each.sentence))

    @cached_property
    def coverage(self) -> Coverage | None:
        """What the comparison of requests says; None where nothing changes or nothing was compared."""
        return coverage(self.comparison) if self.comparison and self.comparison.changes else None

    @cached_property
    def said_of_requests(self) -> list[str]:
        """That no request is treated differently, where no sentence says otherwise; and what is not decided."""
        said = self.coverage.sentences if self.coverage else []
        return [] if said[:1] == [SAME] and self.traffic else said

    @cached_property
    def grades(self) -> dict[Grade, int]:
        """How many sentences have each grade, the worst first; what hurts nothing is not counted."""
        return {grade: sum(each.grade is grade for each in self.risks) for grade in Grade if grade is not Grade.INFO}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """How many resources are added, removed, changed, renamed and recreated; what a chart brings is not counted."""
        changes = [each for each in self.comparison.changes if not each.chart_of] if self.comparison else []
        return {how: sum(each.how == how for each in changes) for how in sorted({str(each.how) for each in changes})}


def plain(effect: Effect) -> dict[str, Any]:
    """An effect as data."""
    hurt = {"hurt": effect.hurt.words, "advice": effect.advice} if effect.hurt else {}
    graded = {"kind": str(effect.kind), "grade": str(effect.grade)}
    proved = {"witness": effect.witness.plain} if effect.witness else {}
    return {"subject": effect.subject, "text": effect.text, **graded, **hurt, **proved}
