"""How is one thing said of many? Once, with a few of their names; and what ends, as what begins is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from fairlead.effects.effect import Effect
from fairlead.effects.words import Wording, few


def ends(words: Wording, subject: str, predicate: str) -> str:
    """What held on the earlier side only: `tokens are no longer validated`, or in which of two stacks it holds."""
    if not words.deploys:
        return f"{subject} {predicate} in {words.before} only"
    verb, _, rest = predicate.partition(" ")
    return f"{subject} {verb} no longer {rest}" if verb in ("are", "is") else f"{subject} no longer {predicate}"


def together(effects: Iterable[Effect]) -> Iterator[Effect]:
    """What is said of many in the same words, once, with their names."""
    alike: dict[Effect, list[Effect]] = defaultdict(list)
    for each in effects:
        alike[replace(each, subject="")].append(each)
    for said, of in alike.items():
        about = frozenset(key for each in of for key in each.about)
        yield replace(said, subject=_subjects(sorted({each.subject for each in of})), about=about)


def _subjects(subjects: Sequence[str]) -> str:
    """`namespaces a and b` where all of them are called the same way."""
    kinds = {subject.partition(" ")[0] for subject in subjects}
    if len(subjects) == 1 or len(kinds) > 1 or not all(subject.count(" ") == 1 for subject in subjects):
        return few(subjects)
    (kind,) = kinds
    return f"{kind}{'' if kind[0].isupper() else 's'} {few([subject.partition(' ')[2] for subject in subjects])}"
