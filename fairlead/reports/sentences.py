"""Who is told what? Effects gathered by subject, or by what is said where it is said of many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from fairlead.effects.effect import Effect, Hurt

_MANY = 3
"""From so many subjects on of whom the same is said, it is said once."""
_NUMBER = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True)
class Told:
    """What is said of one subject, or the one thing that is said of several."""

    subjects: tuple[str, ...]
    texts: tuple[str, ...]
    hurt: Hurt | None = None
    advice: str = ""

    @property
    def pattern(self) -> object:
        """Equal for what differs in numbers alone."""
        return self.hurt, tuple(_NUMBER.sub("#", text) for text in self.texts), _NUMBER.sub("#", self.advice)

    @property
    def sentences(self) -> int:
        return len(self.subjects) * len(self.texts)


def told(effects: Sequence[Effect]) -> list[Told]:
    """All that is said, in its order; what of it is a risk stands among the risks once more, with what to do."""
    by_text = _by_text(effects)
    by_subject: dict[str, list[Effect]] = {}
    for effect in effects:
        if len(by_text[effect.text, effect.hurt, effect.advice]) < _MANY:
            by_subject.setdefault(effect.subject, []).append(effect)
    found: dict[object, Told] = {}
    for effect in effects:
        subjects = by_text[effect.text, effect.hurt, effect.advice]
        if len(subjects) < _MANY:
            texts = dict.fromkeys(each.text for each in by_subject[effect.subject])
            found.setdefault(("of", effect.subject), Told((effect.subject,), tuple(texts)))
        else:
            found.setdefault(("says", effect.text), Told(tuple(subjects), (effect.text,)))
    return list(found.values())


def risks_told(risks: Sequence[Effect]) -> list[Told]:
    """Risks, the worst first; each with what to do."""
    by_text = _by_text(risks)
    found: dict[object, Told] = {}
    for risk in risks:
        subjects = by_text[risk.text, risk.hurt, risk.advice]
        own = tuple(subjects) if len(subjects) >= _MANY else (risk.subject,)
        found.setdefault((own, risk.text, risk.hurt, risk.advice), Told(own, (risk.text,), risk.hurt, risk.advice))
    return list(found.values())


def _by_text(effects: Iterable[Effect]) -> dict[tuple[str, Hurt | None, str], dict[str, None]]:
    """What is said -> of whom, each once."""
    found: dict[tuple[str, Hurt | None, str], dict[str, None]] = {}
    for each in effects:
        found.setdefault((each.text, each.hurt, each.advice), {})[each.subject] = None
    return found


def fewer(all_of_them: Sequence[Told], most: int) -> Iterator[Told | int]:
    """About `most` of them, some of each pattern, in order; a number stands for so many sentences that are left out."""
    patterns: dict[object, list[Told]] = {}
    for each in all_of_them:
        patterns.setdefault(each.pattern, []).append(each)
    share = max(1, most // max(1, len(patterns)))
    listed = list(patterns.values())
    for alike in listed[:most]:
        yield from alike[:share]
        if left := sum(each.sentences for each in alike[share:]):
            yield left
    if left := sum(each.sentences for alike in listed[most:] for each in alike):
        yield left
