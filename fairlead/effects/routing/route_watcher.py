"""Which requests go elsewhere? What VirtualServices say on both sides, by gateway, host and match, not by object.

A gateway answers 404 where no route fits; inside the mesh a host without a VirtualService leads straight to its Service
(Istio: reference/config/networking/virtual-service).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TypeVar

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effects, Hurt, Kind
from fairlead.effects.routing.handling import Said, other_handling
from fairlead.effects.routing.outcome_changes import OutcomeChange, outcome_changes
from fairlead.effects.routing.outcomes import REQUESTS, Outcome, other_outcome
from fairlead.effects.routing.requests import RequestScopes, gateway_names
from fairlead.effects.words import Draft, Wording, effects, wording
from mesh.model.graph import Graph, service_key
from mesh.model.virtual_service import MESH

_Key = TypeVar("_Key", tuple[bool, bool], tuple[bool, str])

_LOST = "clients get 404; keep the route until it gets no more requests"
_OPENED = "check who may call it: its AuthorizationPolicies, and the sources that the load balancer allows"
_SHADOWED = "the first route that matches is used: put the more specific one first"
_UNROUTED = "add a last route without a match"


def watch(comparison: Comparison) -> Effects:
    """Weights, routes, hosts and gateways of VirtualServices, and what is done to requests on their way."""
    yield from effects(_drafts(comparison), wording(comparison), Kind.TRAFFIC)


def _drafts(comparison: Comparison) -> Iterator[Draft]:
    names = gateway_names(comparison.before.graph, comparison.after.graph)
    by_subject: dict[str, list[OutcomeChange]] = defaultdict(list)
    for change in outcome_changes(comparison):
        by_subject[change.subject].append(change)
    for subject, met in sorted(by_subject.items()):
        places = RequestScopes(frozenset(change.place for change in met if not change.unrouted), names)
        app = _App(subject, met, places, wording(comparison), comparison.before.graph)
        yield from chain(app.gained(), app.lost(), app.left_over(), app.changed())


class _App:
    """All that is routed under one name."""

    def __init__(
        self,
        subject: str,
        changes: Sequence[OutcomeChange],
        places: RequestScopes,
        words: Wording,
        before: Graph,
    ):
        self._subject, self._changes, self._places, self._words = subject, changes, places, words
        self._before = before
        self._open_before = {(change.place.gateway, change.place.condition) for change in changes if change.old}

    def gained(self) -> Iterator[Draft]:
        new = [change for change in self._changes if change.old is None and change.new and not change.unrouted]
        for (inside, action), alike in _grouped(
            new, lambda change: (_inside(change), change.new.action if change.new else "")
        ):
            met = [change.place for change in alike]
            if inside:
                yield Draft(self._subject, self._words.instead(f"{self._places.requests(met)}:", "404", action))
                continue
            brief = self._words.now(f"reachable {self._places.through(met)}")
            text = self._words.now(f"reachable {self._places.through(met)} {self._places.at(met)}")
            told = "" if action == self._subject else f": {action}"
            opens = any(self._opens(change) for change in alike)
            hurt = (Hurt.EXPOSES, _OPENED) if opens else (None, "")
            yield Draft(self._subject, f"{text}{told}", *hurt, brief)

    def _opens(self, change: OutcomeChange) -> bool:
        """Whether something was there before that could not be reached with such requests at this gateway."""
        keys = (service_key(share.host, "") for share in (change.new.shares if change.new else ()))
        was_there = any(key in self._before.services for key in keys if key)
        return was_there and (change.place.gateway, change.place.condition) not in self._open_before

    def lost(self) -> Iterator[Draft]:
        lost = [change for change in self._changes if change.old and change.new is None and not change.unrouted]
        kept = {change.place.gateway for change in self._changes if change.new}
        for (inside, partly), alike in _grouped(lost, lambda change: (_inside(change), change.place.gateway in kept)):
            met = [change.place for change in alike]
            if inside:
                text = self._words.now(f"{self._places.requests(met)} get 404")
                yield Draft(self._subject, text, Hurt.INTERRUPTS, _LOST)
                continue
            brief = self._words.no_longer(f"reachable {self._places.through(met)}")
            at = self._places.at(met) if partly else self._places.hosts(met)
            text = self._words.no_longer(f"reachable {self._places.through(met)} {at}")
            yield Draft(self._subject, text, Hurt.INTERRUPTS, _LOST, text if partly else brief)

    def left_over(self) -> Iterator[Draft]:
        for change in self._changes:
            if change.unrouted and change.new is None:
                where = f"{self._places.hosts([change.place])} {self._places.through([change.place])}"
                text = self._words.now(f"requests {where} that match none of its routes get 404")
                yield Draft(self._subject, text, Hurt.INTERRUPTS, _UNROUTED)
            elif change.unrouted:
                text = self._words.now("requests inside the mesh that matched no route go to its Service")
                yield Draft(self._subject, text)

    def changed(self) -> Iterator[Draft]:
        """What is said of several requests alike is said once."""
        said: dict[Said, list[OutcomeChange]] = defaultdict(list)
        for change in self._changes:
            if change.old and change.new:
                for each in self._differences(change, change.old, change.new):
                    said[each].append(change)
        for each, met in said.items():
            requests = self._places.requests(change.place for change in met)
            yield Draft(self._subject, each.text.replace(REQUESTS, requests), each.hurt, each.advice)

    def _differences(self, change: OutcomeChange, old: Outcome, new: Outcome) -> Iterator[Said]:
        for text in other_outcome(old, new, self._words):
            yield Said(text, Hurt.INTERRUPTS, _SHADOWED) if change.shadowed else Said(text)
        if not old.answer and not new.answer:
            yield from other_handling(old.spec, new.spec, self._words)


def _inside(change: OutcomeChange) -> bool:
    return change.place.gateway == MESH and change.kept


def _grouped(
    changes: Sequence[OutcomeChange], by: Callable[[OutcomeChange], _Key]
) -> list[tuple[_Key, list[OutcomeChange]]]:
    found: dict[_Key, list[OutcomeChange]] = defaultdict(list)
    for change in changes:
        found[by(change)].append(change)
    return list(found.items())
