"""Which requests are treated differently on two sides? One of each class, asked on both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from mesh.model.classes.cut import RequestClass, cut
from mesh.model.classes.entrance import Taker
from mesh.model.classes.entrances import entrances
from mesh.model.classes.footprint import footprint
from mesh.model.graph import Graph
from mesh.model.item import Item
from mesh.model.traffic.explanation import Explanation, UnknownCallerError, explanation
from mesh.model.traffic.mesh import Mesh
from mesh.model.traffic.request import Request
from mesh.model.yaml_values import as_map, as_maps

_DIGITS = 6
_MOST_ASKED = 20_000


@dataclass(frozen=True, eq=False)
class Difference:
    """A class of requests, by one of them, with what becomes of it on each side and the routes that take it."""

    request: Request
    before: Explanation
    after: Explanation
    takers: tuple[Taker | None, Taker | None]


@dataclass
class Compared:
    """Two sides, asked about all classes: `asked` is how many there are, `open` what is not decided, and why."""

    differences: list[Difference] = field(default_factory=list[Difference])
    asked: int = 0
    open: dict[str, int] = field(default_factory=dict[str, int])

    def leaves_open(self, reason: str) -> None:
        self.open[reason] = self.open.get(reason, 0) + 1


def differences(before: Mesh, after: Mesh) -> Compared:
    """All classes that are treated differently, those from outside first."""
    found = Compared()
    concerns = footprint(before.graph, after.graph).concerns
    issuers = {str(rule.get("issuer")) for mesh in (before, after) for rule in _jwt_rules(mesh.graph)}
    for like in entrances((before, after), concerns):
        try:
            here = cut((before, after), like, issuers=issuers, tokens=bool(issuers))
        except UnknownCallerError:
            continue
        if here.open:
            found.leaves_open(here.open)
        for each in here.classes:
            if found.asked >= _MOST_ASKED:
                found.leaves_open(f"more than {_MOST_ASKED:,} classes of requests are to be asked about")
                return found
            found.asked += 1
            _ask(each, before, after, found)
    return found


def _ask(each: RequestClass, before: Mesh, after: Mesh, found: Compared) -> None:
    old, new = explanation(before, each.request), explanation(after, each.request)
    if old.open or new.open:
        if old.open != new.open or before.graph is not after.graph:
            found.leaves_open(old.open or new.open)
    elif treatment(old) != treatment(new):
        was, now = each.takers
        found.differences.append(Difference(each.request, old, new, (was, now)))


def treatment(found: Explanation) -> dict[str, float]:
    """All that can be noticed of a request's ends, each with its share."""
    ends: dict[str, float] = {}
    for each in found.outcomes:
        told = (each.status, each.error, each.answered, sorted(each.received), each.seen, dict(each.answer), each.seconds)
        key = json.dumps(told, sort_keys=True, default=str)
        ends[key] = round(ends.get(key, 0.0) + each.share, _DIGITS)
    return ends


def _jwt_rules(graph: Graph) -> Iterator[dict[str, object]]:
    items: list[Item] = graph.all_of_kind("RequestAuthentication")
    return (as_map(rule) for item in items for rule in as_maps(item.get("spec", "jwtRules")))
