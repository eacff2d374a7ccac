"""Who is told what? Each sentence once: requests by subject, the rest one by one, and of many what is said of all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from fairlead.effects.effect import Effect

_MANY = 3
"""From so many subjects on of whom the same is said, it is said once."""
_NUMBER = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True)
class Told:
    """What is said of one subject, the worst first, or the one thing that is said of several."""

    subjects: tuple[str, ...]
    said: tuple[Effect, ...]

    @property
    def pattern(self) -> object:
        """Equal for what differs in numbers alone."""
        return tuple((each.hurt, _NUMBER.sub("#", each.text), _NUMBER.sub("#", each.advice)) for each in self.said)

    @property
    def rank(self) -> int:
        return min(each.rank for each in self.said)

    @property
    def sentences(self) -> list[Effect]:
        """Each of them, subject by subject."""
        return [replace(each, subject=subject) for subject in self.subjects for each in self.said]


def by_subject(effects: Sequence[Effect]) -> list[Told]:
    """All that is said of one subject together; the subject with the worst comes first."""
    return _told(effects, lambda effect: ("of", effect.subject))


def one_by_one(effects: Sequence[Effect]) -> list[Told]:
    """Each sentence by itself, the worst first."""
    return _told(effects, lambda effect: effect)


def _told(effects: Sequence[Effect], key: Callable[[Effect], object]) -> list[Told]:
    by_text = _by_text(effects)
    subjects: dict[object, dict[str, None]] = {}
    said: dict[object, list[Effect]] = {}
    for effect in effects:
        alike = by_text[_anonymous(effect)]
        own = key(effect) if len(alike) < _MANY else _anonymous(effect)
        subjects.setdefault(own, {}).update(alike if len(alike) >= _MANY else {effect.subject: None})
        if (sentence := _anonymous(effect)) not in said.setdefault(own, []):
            said[own].append(sentence)
    found = [Told(tuple(subjects[own]), tuple(sorted(said[own], key=grave))) for own in subjects]
    return sorted(found, key=lambda each: each.rank)


def grave(effect: Effect) -> int:
    """By this the worst comes first; what is as bad keeps its order."""
    return effect.rank


def _anonymous(effect: Effect) -> Effect:
    return replace(effect, subject="")


def _by_text(effects: Iterable[Effect]) -> dict[Effect, dict[str, None]]:
    """What is said -> of whom, each once."""
    found: dict[Effect, dict[str, None]] = {}
    for each in effects:
        found.setdefault(_anonymous(each), {})[each.subject] = None
    return found


def fewer(all_of_them: Sequence[Told], most: int) -> Iterator[Told | list[Effect]]:
    """About `most` of them, some of each pattern, in order; and lists of the sentences that are left out."""
    patterns: dict[object, list[Told]] = {}
    for each in all_of_them:
        patterns.setdefault(each.pattern, []).append(each)
    share = max(1, most // max(1, len(patterns)))
    listed = list(patterns.values())
    for alike in listed[:most]:
        yield from alike[:share]
        if left := [sentence for each in alike[share:] for sentence in each.sentences]:
            yield left
    if left := [sentence for alike in listed[most:] for each in alike for sentence in each.sentences]:
        yield left
