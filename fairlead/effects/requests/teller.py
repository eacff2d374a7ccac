"""Which sentences do two meshes' requests make? One for all classes of which the same is said, with one as witness.

How it is done: each class that differs is told by what both sides do with it (`changed.py`: its routes, what is behind
them, or its answers); what is said alike of one app is one sentence, whose requests are named by what sets them apart
(`places.py`); sentences that others make of policies, gateways and load balancers name what they are about by keys, and
a class that has these on its way and fares as they say is their witness, and is not told again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effect, Hurt, Kind
from fairlead.effects.requests.changed import said_of, unseen
from fairlead.effects.requests.differing import Differing
from fairlead.effects.requests.places import Places, gateway_names
from fairlead.effects.requests.said import AT, HOSTS, REQUESTS, THROUGH, Said
from fairlead.effects.requests.subjects import Subjects
from fairlead.effects.witness import witness
from fairlead.effects.words import Draft, effects, few, wording

_WORSE = (Hurt.INTERRUPTS, Hurt.REFUSES)


@dataclass(frozen=True)
class _Group:
    """Classes of one app of which the same is said."""

    subject: str
    said: Said
    met: list[Differing]


def told(said: Sequence[Effect], comparison: Comparison) -> list[Effect]:
    """These sentences, those on requests with a witness; and those that the requests make themselves.

    A sentence on requests that no request proves is about what it takes to get there: a limit, a subset nobody uses.
    """
    differing = [Differing(each) for each in comparison.requests.differences]
    proved: list[Effect] = []
    covered: set[int] = set()
    for effect in said:
        if effect.kind is Kind.TRAFFIC:
            met = [each for each in differing if _is_proof(each, effect)]
            covered |= {id(each) for each in met if effect.hurt is each.hurt or {effect.hurt, each.hurt} <= {*_WORSE}}
            best = max(met, key=lambda each: (each.hurt is effect.hurt, each.is_inside), default=None)
            proved.append(replace(effect, witness=witness(best.of)) if best else replace(effect, kind=Kind.RISK))
        else:
            proved.append(effect)
    return [*proved, *_of_requests(differing, covered, comparison)]


def _is_proof(met: Differing, effect: Effect) -> bool:
    """Whether a class is among those that a sentence is about, and fares as it says."""
    if effect.sender not in (None, met.sender):
        return False
    return bool(effect.about & met.keys) and _agree(effect.hurt, met.hurt)


def _agree(said: Hurt | None, found: Hurt | None) -> bool:
    """Whether a class fares as a sentence says."""
    return found in _WORSE if said in _WORSE else found is said if said is Hurt.EXPOSES else True


def _of_requests(differing: Iterable[Differing], covered: set[int], comparison: Comparison) -> list[Effect]:
    words, before = wording(comparison), comparison.before.graph
    places = Places(comparison.requests, gateway_names(before, comparison.after.graph))
    subjects = Subjects(before, comparison.after.graph)
    groups: dict[tuple[str, Said], _Group] = {}
    for met in differing:
        for said in said_of(met, words, before):
            if id(met) in covered and said.ends and met.old.route == met.new.route:
                continue
            subject = said.subject or subjects.of(met)
            alike = replace(said, such_as=())
            groups.setdefault((subject, alike), _Group(subject, said, [])).met.append(met)
    quiet: dict[tuple[str, Said], _Group] = {}
    for met in map(Differing, comparison.requests.unseen):
        for said in unseen(met, words):
            quiet.setdefault((subjects.of(met), said), _Group(subjects.of(met), said, [])).met.append(met)
    seen = effects([_draft(each, places) for each in groups.values()], words, Kind.TRAFFIC)
    others = [replace(_draft(each, places), witness=None) for key, each in quiet.items() if key not in groups]
    return [*seen, *effects(others, words)]


def _draft(group: _Group, places: Places) -> Draft:
    said, met = group.said, group.met
    named = {
        REQUESTS: lambda: places.requests(met) + _such_as(group),
        THROUGH: lambda: places.through(met),
        AT: lambda: places.at(met),
        HOSTS: lambda: places.hosts(met),
    }
    texts = [said.text, said.brief]
    for mark, name in named.items():
        texts = [each.replace(mark, name()) if mark in each else each for each in texts]
    return Draft(
        group.subject, texts[0], said.hurt, said.advice, texts[1], said.stands,
        witness=witness(met[0].of), gains=said.gains,
    )  # fmt: skip


def _such_as(group: _Group) -> str:
    if not group.said.such_as:
        return ""
    return f", such as {few(dict.fromkeys(f'{each.of.request.method} {each.of.request.path}' for each in group.met))},"
