"""How is an effect worded? Alike for every watcher: lists, what changes, and one sentence for many with the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effect, Hurt, Kind
from fairlead.effects.witness import Witness

FEW = 3
_MANY = 5
_ACTS = (Hurt.INTERRUPTS, Hurt.REFUSES, Hurt.REPLACES, Hurt.DELETES, Hurt.RESTARTS)
"""What only a deployment can do; two stacks held against each other do nothing of it."""


def listed(names: Iterable[str]) -> str:
    """`a, b and c`."""
    *first, last = list(names) or [""]
    return f"{', '.join(first)} and {last}" if first else last


def few(names: Iterable[str], most: int = FEW) -> str:
    """`a, b and c`, or `a, b, c and 97 others`."""
    all_names = list(names)
    if len(all_names) <= most + 1:
        return listed(all_names)
    return f"{', '.join(all_names[:most])} and {len(all_names) - most} others"


@dataclass(frozen=True)
class Wording:
    """What changes, in words: as what is to come, or as the difference between two stacks."""

    deploys: bool
    before: str
    after: str

    def goes(self, what: str, old: object, new: object) -> str:
        """`timeout changes from 5s to 10s`."""
        if self.deploys:
            return f"{what} changes from {old} to {new}"
        return f"{what} is {old} in {self.before}, {new} in {self.after}"

    def instead(self, what: str, old: object, new: object) -> str:
        """`image web:2 instead of web:1`."""
        if self.deploys:
            return f"{what} {new} instead of {old}"
        return f"{what} {old} in {self.before}, {new} in {self.after}"

    def now(self, text: str) -> str:
        """`reachable from now on`."""
        return f"{text} from now on" if self.deploys else f"{text} in {self.after} only"

    def no_longer(self, text: str) -> str:
        """`no longer reachable`."""
        return f"no longer {text}" if self.deploys else f"{text} in {self.before} only"

    def differ(self, what: str) -> str:
        """`ingress listeners change`."""
        return f"{what} {'change' if self.deploys else 'differ'}"

    @property
    def created(self) -> str:
        return "created" if self.deploys else f"exists in {self.after} only"

    @property
    def deleted(self) -> str:
        return "deleted" if self.deploys else f"exists in {self.before} only"

    def turns(self, what: str, verbs: tuple[str, str], old: str, new: str) -> str:
        """`requests time out after 5s from now on`: `verbs` follow `what`: what holds, and what no longer does."""
        if not old:
            return self.now(f"{what}{verbs[0]} {new}")
        if not new:
            return f"{what}{verbs[1]} {old}" if self.deploys else f"{what}{verbs[0]} {old} in {self.before} only"
        return self.instead(f"{what}{verbs[0]}", old, new)


def wording(comparison: Comparison) -> Wording:
    """How to speak of these two sides."""
    return Wording(comparison.deploys, comparison.before.label, comparison.after.label)


@dataclass(frozen=True)
class Draft:
    """An effect before those that are alike become one: `brief` is what many subjects have in common.

    `stands`: what hurts is the state itself and not the way there, so that it is a risk between two stacks as well.
    """

    subject: str
    text: str
    hurt: Hurt | None = None
    advice: str = ""
    brief: str = ""
    stands: bool = False
    witness: Witness | None = field(default=None, compare=False)
    gains: bool = False
    about: frozenset[str] = frozenset()


def effects(drafts: Iterable[Draft], words: Wording, kind: Kind = Kind.RISK) -> list[Effect]:
    """Sorted, all of one kind; drafts that say the same of several are one, and so are very many with one `brief`."""
    by_brief: dict[tuple[str, Hurt | None, str], list[Draft]] = defaultdict(list)
    for draft in drafts:
        kept = draft.hurt if words.deploys or draft.stands or draft.hurt not in _ACTS else None
        by_brief[draft.brief or draft.text, kept, draft.advice if kept else ""].append(draft)
    found: list[Effect] = []
    for (brief, hurt, advice), alike in by_brief.items():
        texts = {brief: alike} if len({each.subject for each in alike}) > _MANY else _by_text(alike)
        found += [_one(text, of, hurt, advice, kind) for text, of in texts.items()]
    return sorted(found, key=lambda each: (each.subject, each.text))


def _one(text: str, of: Sequence[Draft], hurt: Hurt | None, advice: str, kind: Kind) -> Effect:
    proof = next((each.witness for each in of if each.witness), None)
    about = frozenset(key for each in of for key in each.about)
    gains = any(each.gains for each in of)
    return Effect(_subjects(of), text, hurt, advice, kind, proof, gains=gains, about=about)


def _by_text(drafts: Sequence[Draft]) -> dict[str, list[Draft]]:
    found: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        found[draft.text].append(draft)
    return found


def _subjects(drafts: Sequence[Draft]) -> str:
    return few(sorted({each.subject for each in drafts}))
