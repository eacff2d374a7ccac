"""Which requests are treated differently on two sides? One of each class, asked on both."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Set
from dataclasses import dataclass, field, replace
from typing import Any

from fairlead_mesh.model.classes.cut import RequestClass, cut
from fairlead_mesh.model.classes.entrance import Entrance, Taker, entrance
from fairlead_mesh.model.classes.entrances import entrances
from fairlead_mesh.model.classes.footprint import Footprint, footprint
from fairlead_mesh.model.classes.trials import trials
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.traffic.explanation import Explanation, explanation
from fairlead_mesh.model.traffic.mesh import Mesh, Outside

_DIGITS = 6
_FINE = frozenset(range(200, 400))
_MOST_ASKED = 20_000


@dataclass(frozen=True, eq=False)
class Difference:
    """A class of requests, by one of them, with what becomes of it on each side and the routes that take it."""

    request: Request
    before: Explanation
    after: Explanation
    takers: tuple[Taker | None, Taker | None]
    entrances: tuple[Entrance, Entrance]
    app: str = ""
    """What the app does, where it matters: `the app answers after 6s`."""


@dataclass
class Compared:
    """Two sides, asked about all classes that a change can matter to: `asked` is how many these are, `open` what is not
    decided: each reason with how often it was met."""

    differences: list[Difference] = field(default_factory=list[Difference])
    asked: int = 0
    open: dict[str, int] = field(default_factory=dict[str, int])
    entered: list[tuple[Request, tuple[Entrance, Entrance]]] = field(default_factory=list[Any])
    """Where was asked: a request like those, and what it meets on both sides."""
    unseen: list[Difference] = field(default_factory=list[Difference])
    """Classes whose routes are not alike, though no request of theirs shows it."""

    def leaves_open(self, reason: str) -> None:
        """Counts a reason."""
        self.open[reason] = self.open.get(reason, 0) + 1


def differences(before: Mesh, after: Mesh) -> Compared:
    """All classes that are treated differently, those from outside first."""
    found = Compared()
    meant = footprint(before.graph, after.graph)
    if not (meant.everything or meant.hosts):
        return found
    before, after = _comparable(before), _comparable(after)
    issuers = {str(rule.get("issuer")) for mesh in (before, after) for rule in _jwt_rules(mesh.graph)}
    known: set[Hashable] = set()
    for like in entrances((before, after), meant.concerns):
        sides = entrance(before, like), entrance(after, like)
        if _is_known(like, sides, known) or not _matters(meant, sides):
            continue
        here = cut(sides, like, issuers=issuers)
        found.entered.append((like, sides))
        if here.open:
            found.leaves_open(here.open)
        for each in here.classes:
            if _may_differ(meant, sides, *each.takers):
                if found.asked >= _MOST_ASKED:
                    found.leaves_open(f"more than {_MOST_ASKED:,} classes of requests are to be asked about")
                    return found
                found.asked += 1
                _ask(each, sides, found)
    return found


def _comparable(mesh: Mesh) -> Mesh:
    """The mesh with somebody who answers whatever leaves it, so that what is done on the way there is compared, and
    without what nobody can know."""
    outside = mesh.outside or Outside(is_everywhere=True)
    return replace(mesh, outside=outside, skips_patches=True, _proxies={}, _kept={})


def at_the_door(before: Mesh, after: Mesh, gateways: Set[str]) -> Iterator[Difference]:
    """One request for each of these gateways that gets another outcome, such as by whom its load balancer takes."""
    left = set(gateways)
    for like in entrances((before, after), lambda gateway, _host: gateway in left):
        sides = entrance(before, like), entrance(after, like)
        for each in cut(sides, like).classes if like.gateway in left else ():
            old, new = explanation(before, each.request), explanation(after, each.request)
            answered = bool({*old.statuses, *new.statuses} & _FINE)
            if like.gateway in left and answered and treatment(old) != treatment(new):
                left.discard(like.gateway)
                yield Difference(each.request, old, new, (each.takers[0], each.takers[1]), sides)


def _is_known(like: Request, sides: tuple[Entrance, Entrance], known: set[Hashable]) -> bool:
    """Whether a client like this one was asked about before."""
    both = tuple(side.likeness for side in sides)
    if None in both:
        return False
    key = (like.authority, like.scheme, like.gateway, like.client_certificate, both)
    if key in known:
        return True
    known.add(key)
    return False


def _matters(meant: Footprint, sides: tuple[Entrance, Entrance]) -> bool:
    takers = [side.takers for side in sides]
    return any(takers) or _may_differ(meant, sides, None, None)


def _may_differ(meant: Footprint, sides: tuple[Entrance, Entrance], old: Taker | None, new: Taker | None) -> bool:
    """Not so where the same is done on both sides, and nothing is another where requests go."""
    if not all(side.is_read for side in sides):
        return True
    if meant.everything or (old is None) != (new is None) or (sides[0].at is None) != (sides[1].at is None):
        return True
    if (
        old
        and new
        and (old.route.spec, old.match, old.route.item.namespace)
        != (
            new.route.spec,
            new.match,
            new.route.item.namespace,
        )
    ):
        return True
    clusters = [*sides[0].clusters(old), *sides[1].clusters(new)]
    return any(meant.is_behind(each.name.partition(" ")[0]) for each in clusters)


def _ask(each: RequestClass, sides: tuple[Entrance, Entrance], found: Compared) -> None:
    old, new = (explanation(side.mesh, each.request) for side in sides)
    was, now = each.takers
    if old.open or new.open:
        found.leaves_open(old.open or new.open)
    elif treatment(old) != treatment(new):
        found.differences.append(Difference(each.request, old, new, (was, now), sides))
    elif was and now:
        for trial in trials(was.route.spec, now.route.spec):
            request = each.request.changed(headers={**each.request.headers, **trial.headers})
            old, new = (explanation(side.mesh, request) for side in sides)
            if treatment(old) != treatment(new):
                found.differences.append(Difference(each.request, old, new, (was, now), sides, trial.words))
                return
        if was.route.spec != now.route.spec:
            found.unseen.append(Difference(each.request, old, new, (was, now), sides))


def treatment(found: Explanation) -> dict[str, float]:
    """All that can be noticed of a request's ends, each with its share."""
    ends: dict[str, float] = {}
    for each in found.outcomes:
        noticed = (each.status, each.error, each.answered, sorted(each.received), each.seen, dict(each.answer))
        key = json.dumps((*noticed, each.seconds, each.body), sort_keys=True, default=str)
        ends[key] = round(ends.get(key, 0.0) + each.share, _DIGITS)
    return ends


def _jwt_rules(graph: Graph) -> Iterator[dict[str, object]]:
    items: list[Item] = graph.all_of_kind("RequestAuthentication")
    return (as_map(rule) for item in items for rule in as_maps(item.get("spec", "jwtRules")))
