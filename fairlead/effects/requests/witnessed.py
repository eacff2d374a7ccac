"""Which request proves a sentence, and which differences has no sentence told? Sentences and classes, held together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from fairlead.effects.effect import Effect, Hurt, Kind
from fairlead.effects.witness import both_in_words, client, witness
from fairlead.effects.words import Wording, few, listed
from fairlead.effects.workloads.subjects import THE_MESH
from mesh.model.classes.differences import Compared, Difference
from mesh.model.graph import service_key
from mesh.model.traffic.explanation import Explanation
from mesh.model.traffic.outcome import NO_NAME
from mesh.model.traffic.request import INTERNET, Request

_FINE = range(200, 400)
_REFUSED = (401, 403)
_NAME = re.compile(r"[A-Za-z0-9*._-]+(?:/[A-Za-z0-9*._-]+)?")
_LOST_ADVICE = "keep what answered these requests until nobody sends them"
_GAINED_ADVICE = "check that these clients are meant to get an answer"


@dataclass(frozen=True, eq=False)
class _Found:
    """A difference, with what a sentence can name of it."""

    of: Difference

    @cached_property
    def hurt(self) -> Hurt | None:
        """What the change does to the share of requests that are answered well."""
        old, new = _answered(self.of.before), _answered(self.of.after)
        if round(new - old, 6) > 0:
            return Hurt.EXPOSES
        if round(old - new, 6) > 0:
            return Hurt.REFUSES if _refused(self.of.after) > _refused(self.of.before) else Hurt.INTERRUPTS
        return None

    @cached_property
    def namespaces(self) -> frozenset[str]:
        sides = (self.of.before, self.of.after)
        return frozenset(
            each.item.namespace for side in sides for end in side.outcomes for each in end.steps if each.item
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """Whatever a sentence may call it: hosts, Services, VirtualServices, pods, policies, namespaces."""
        return frozenset(self._names())

    def _names(self) -> Iterator[str]:
        one = self.of.request
        yield from _of_host(one.host)
        yield from (one.gateway, one.gateway.partition("/")[2], one.caller)
        for taker, side in zip(self.of.takers, self.of.entrances, strict=True):
            if taker:
                item = taker.route.item
                yield from (item.name, f"{item.namespace}/{item.name}")
            for to in side.clusters(taker):
                yield from _of_host(to.name.partition(" ")[0])
        for side in (self.of.before, self.of.after):
            for outcome in side.outcomes:
                for step in outcome.steps:
                    if step.item:
                        yield from (step.item.name, f"{step.item.namespace}/{step.item.name}")

    def fits(self, effect: Effect) -> int:
        """How well it proves a sentence; 0 where it does not."""
        of_mesh = effect.subject == THE_MESH
        known = self.namespaces if effect.subject.startswith("namespace") else self.names
        if not of_mesh and known.isdisjoint(_NAME.findall(effect.subject)):
            return 0
        if not _agree(effect.hurt, self.hurt):
            return 0
        one = self.of.request
        inside = "inside the mesh" in effect.text
        through = "through" in effect.text
        if inside != through and inside == (one.caller == INTERNET):
            return 0
        told = (one.bare_path.rstrip("/"), *one.headers.values(), one.host, one.method, *one.caller.split("/"))
        direct = not through and one.caller != INTERNET
        same = 2 * (effect.hurt is self.hurt)
        return 1 + direct + same + sum(bool(each) and str(each) in effect.text for each in told)


def _of_host(host: str) -> Iterator[str]:
    yield host
    if key := service_key(host, "") if host.endswith(".svc.cluster.local") else None:
        yield from (key[1], f"{key[0]}/{key[1]}", f"{key[1]}.{key[0]}")


def _answered(found: Explanation) -> float:
    return sum(share for status, share in found.statuses.items() if status in _FINE)


def _refused(found: Explanation) -> float:
    return sum(found.statuses.get(status, 0.0) for status in _REFUSED) + found.errors


def _agree(said: Hurt | None, found: Hurt | None) -> bool:
    """Whether a difference is of the kind that a sentence speaks of."""
    if said is Hurt.EXPOSES:
        return found is Hurt.EXPOSES
    if said in (Hurt.INTERRUPTS, Hurt.REFUSES):
        return found in (Hurt.INTERRUPTS, Hurt.REFUSES)
    return True


def witnessed(said: Sequence[Effect], compared: Compared, words: Wording) -> list[Effect]:
    """The sentences, those on requests with a witness; then what the differences show that none of them says.

    A sentence on requests that no request proves is about what it takes to get there: a limit, a subset nobody uses.
    """
    differing = [_Found(each) for each in compared.differences]
    told: set[int] = set()
    found: list[Effect] = []
    for effect in said:
        if effect.kind is not Kind.TRAFFIC:
            found.append(effect)
            continue
        fits = [(score, each) for each in differing if (score := each.fits(effect))]
        told |= {id(each) for _, each in fits}
        best = max(fits, key=lambda one: one[0], default=None)
        found.append(replace(effect, witness=witness(best[1].of)) if best else replace(effect, kind=Kind.RISK))
    left = [each for each in differing if id(each) not in told]
    return [*found, *_untold(left, words)]


def _untold(left: Sequence[_Found], words: Wording) -> Iterator[Effect]:
    """Sentences of their own, one for all requests to a host that fare alike."""
    alike: dict[tuple[str, str, str, Hurt | None], list[_Found]] = defaultdict(list)
    for each in left:
        # Who calls a Service that only one side has is told with the Service.
        if NO_NAME not in (_error(each.of.before), _error(each.of.after)):
            ends = both_in_words(each.of.before, each.of.after)
            alike[_subject(each.of.request.host), *ends, each.hurt].append(each)
    for (subject, before, after, hurt), met in alike.items():
        requests = [each.of.request for each in met]
        ways = listed(dict.fromkeys(_way(each) for each in requests))
        paths = few(dict.fromkeys(f"{each.method} {each.path}" for each in requests))
        text = words.instead(f"requests {ways} ({paths}) get", before, after)
        kept = hurt if words.deploys or hurt is Hurt.EXPOSES else None
        advice = (_GAINED_ADVICE if kept is Hurt.EXPOSES else _LOST_ADVICE) if kept else ""
        yield Effect(subject, text, kept, advice, Kind.TRAFFIC, witness(met[0].of))


def _way(request: Request) -> str:
    return f"through {request.gateway.partition('/')[2]}" if request.caller == INTERNET else f"from {client(request)}"


def _error(found: Explanation) -> str:
    return found.outcomes[0].error if found.outcomes else ""


def _subject(host: str) -> str:
    key = service_key(host, "") if host.endswith(".svc.cluster.local") else None
    return key[1] if key else host
