"""Which ways of requests are not the same on both sides? Of the classes that routes treat differently, app by app."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from fairlead.comparison.comparison import Comparison, How
from fairlead.effects.requests.differing import Differing, Side, State
from fairlead.effects.requests.places import place
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.request_words import EVERY_REQUEST
from fairlead_mesh.model.routes import routing


class _Target(NamedTuple):
    """A destination, or the answer in words that a route gives itself."""

    version: str
    host: str = ""
    port: int | None = None

    @property
    def whole(self) -> str:
        return f"{self.version} {self.host}" if self.port is None else f"{self.version} {self.host}:{self.port}"


_Shares = dict[_Target, float]


@dataclass(frozen=True)
class Way:
    """From an app to one destination, with the share of requests on either side; None where it is not."""

    requests: str
    target: str
    old: float | None
    new: float | None

    @property
    def how(self) -> How | None:
        """None where it stays as it is."""
        if self.old is None or self.new is None:
            return How.ADDED if self.old is None else How.REMOVED
        return How.CHANGED if self.old != self.new else None


@dataclass(frozen=True)
class RoutingChange:
    """A VirtualService that routes otherwise. `gateways` has `mesh` among them; `ways` are those of changed routes."""

    name: str
    hosts: tuple[str, ...]
    how: How
    gateways: Mapping[str, How | None]
    ways: tuple[Way, ...]


def routing_changes(comparison: Comparison) -> list[RoutingChange]:
    """By namespace and name: that of the later side, where both have a route for the same requests."""
    by_app: dict[str, list[Differing]] = defaultdict(list)
    items: dict[str, Item] = {}
    before, after = ({_name(each): each for each in side.graph.all_of_kind("VirtualService")}
                     for side in (comparison.before, comparison.after))  # fmt: skip
    alike = {name for name, item in after.items() if name in before and before[name].spec == item.spec}
    for met in map(Differing, comparison.requests.differences):
        taker = met.new.taker or met.old.taker
        if taker and _shares(met.old) != _shares(met.new):
            item = taker.route.item
            if _name(item) in alike and State.NOWHERE in (met.old.state, met.new.state):
                continue  # its gateway comes or goes, which is drawn there
            items.setdefault(_name(item), item)
            by_app[_name(item)].append(met)
    return [_change(items[name], by_app[name], (name in before, name in after)) for name in sorted(by_app)]


def _name(item: Item) -> str:
    return f"{item.namespace}/{item.name}"


def _change(item: Item, met: Sequence[Differing], known: tuple[bool, bool]) -> RoutingChange:
    came, went = all(not each.old.taker for each in met), all(not each.new.taker for each in met)
    how = How.ADDED if came and not known[0] else How.REMOVED if went and not known[1] else How.CHANGED
    at: dict[str, list[Differing]] = defaultdict(list)
    for each in met:
        at[place(each).gateway].append(each)
    gateways = {name: _door(item, at[name]) for name in sorted(at)}
    return RoutingChange(_name(item), routing(item).hosts, how, gateways, tuple(_ways(met)))


def _door(item: Item, met: Sequence[Differing]) -> How | None:
    """Whether a gateway comes to an app, or goes: it had no route of its there, or has none any more."""
    had, has = (any(_is_of(item, side) for side in sides)
                for sides in ([each.old for each in met], [each.new for each in met]))  # fmt: skip
    if had == has:
        return None
    return How.ADDED if has else How.REMOVED


def _is_of(item: Item, side: Side) -> bool:
    takers = side.entrance.takers
    return side.taker is not None or any(each.route.item.name == item.name for each in takers)


def _ways(met: Iterable[Differing]) -> list[Way]:
    routes: dict[str, tuple[_Shares, _Shares]] = {}
    for each in met:
        old, new = routes.setdefault(place(each).condition or EVERY_REQUEST, ({}, {}))
        old.update(_shares(each.old))
        new.update(_shares(each.new))
    found: list[Way] = []
    for requests, (old, new) in routes.items():
        targets = list(dict.fromkeys([*new, *old]))
        names = _names(targets)
        found += [Way(requests, names[target], old.get(target), new.get(target)) for target in targets]
    return found


def _names(targets: Sequence[_Target]) -> dict[_Target, str]:
    """What a person calls each destination: by its version alone where that is enough."""
    several = Counter(target.version for target in targets)
    return {target: target.version if several[target.version] == 1 else target.whole for target in targets}


def _shares(side: Side) -> _Shares:
    """The share of each destination of the route that takes the requests."""
    if not side.taker:
        return {}
    if side.route.answer:
        return {_Target(side.route.answer): 100.0}
    found: _Shares = {}
    for share in side.route.shares:
        target = _Target(share.version, share.host, share.port)
        found[target] = found.get(target, 0.0) + share.percent
    return found
