"""Which ways of requests are not the same on both sides? For each VirtualService its gateways and destinations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from fairlead.comparison.comparison import Comparison, How
from mesh.model.graph import Graph
from mesh.model.request_words import EVERY_REQUEST
from mesh.model.routes import Routing, routings

_Key = TypeVar("_Key", bound=Hashable)
_Name = tuple[str, str]
_ByName = Mapping[_Name, Routing]
_HTTP = "http"


class _Target(NamedTuple):
    """A destination, or the answer in words that a route gives itself."""

    version: str
    host: str = ""
    port: int | None = None

    @property
    def whole(self) -> str:
        return f"{self.version} {self.host}" if self.port is None else f"{self.version} {self.host}:{self.port}"


@dataclass(frozen=True)
class Way:
    """From a VirtualService to one destination, with the share of requests on either side; None where it is not."""

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
    """By namespace and name."""
    before, after = _by_name(comparison.before.graph), _by_name(comparison.after.graph)
    changed = [key for key in sorted({*before, *after}) if _spec(before.get(key)) != _spec(after.get(key))]
    formerly = _renamed(before, after, changed)
    pairs = ((key, before.get(formerly.get(key, key)), after.get(key)) for key in changed)
    found = [(key, old, new) for key, old, new in pairs if key not in formerly.values()]
    return [_change("/".join(key), old, new) for key, old, new in found if _spec(old) != _spec(new)]


def _renamed(before: _ByName, after: _ByName, changed: Sequence[_Name]) -> dict[_Name, _Name]:
    """The new name of a VirtualService -> its former one: the only one of its namespace that went with these hosts."""
    came = _by_place([after[key] for key in changed if key not in before])
    went = _by_place([before[key] for key in changed if key not in after])
    both = [(came[place], went[place]) for place in came if place in went]
    return {_name(new[0]): _name(old[0]) for new, old in both if len(new) == len(old) == 1}


def _by_place(routings: Sequence[Routing]) -> dict[object, list[Routing]]:
    found: dict[object, list[Routing]] = {}
    for each in routings:
        found.setdefault((each.namespace, frozenset(each.hosts), frozenset(each.gateways)), []).append(each)
    return found


def _name(routing: Routing) -> _Name:
    return routing.namespace, routing.name


def _by_name(graph: Graph) -> _ByName:
    return {_name(each): each for each in routings(graph)}


def _spec(routing: Routing | None) -> Any:
    return routing.item.spec if routing else None


def _change(name: str, before: Routing | None, after: Routing | None) -> RoutingChange:
    how = How.ADDED if before is None else How.REMOVED if after is None else How.CHANGED
    gateways = _both(dict.fromkeys(before.gateways, 0.0) if before else {}, _gateways(after))
    hosts = after.hosts if after else before.hosts if before else ()
    found = {key: _how(*shares) for key, shares in gateways.items()}
    return RoutingChange(name, hosts, how, found, tuple(_ways(before, after)))


def _gateways(routing: Routing | None) -> dict[str, float]:
    return dict.fromkeys(routing.gateways, 0.0) if routing else {}


def _how(old: float | None, new: float | None) -> How | None:
    return Way("", "", old, new).how


def _ways(before: Routing | None, after: Routing | None) -> list[Way]:
    routes = _both(_routes(before), _routes(after))
    found: list[Way] = []
    for (protocol, requests, _), (old, new) in routes.items():
        if old != new:
            named = requests if protocol == _HTTP else f"{protocol} {requests}".removesuffix(f" {EVERY_REQUEST}")
            both = _both(old or {}, new or {})
            found += [Way(named, name, *both[target]) for target, name in _names([*both]).items()]
    return found


def _names(targets: Sequence[_Target]) -> dict[_Target, str]:
    """What a person calls each destination: by its version alone where that is enough."""
    several = Counter(target.version for target in targets)
    return {target: target.version if several[target.version] == 1 else target.whole for target in targets}


def _routes(routing: Routing | None) -> dict[tuple[str, str, int], dict[_Target, float]]:
    """Protocol, requests and how often they were named before -> the share of each destination."""
    found: dict[tuple[str, str, int], dict[_Target, float]] = {}
    for route in routing.routes if routing else ():
        number = sum(key[:2] == (route.protocol, route.requests) for key in found)
        shares: dict[_Target, float] = {}
        for share in route.shares:
            target = _Target(share.version, share.host, share.port)
            shares[target] = shares.get(target, 0.0) + share.percent
        found[route.protocol, route.requests, number] = {_Target(route.answer): 100.0} if route.answer else shares
    return found


def _both(old: Mapping[_Key, Any], new: Mapping[_Key, Any]) -> dict[_Key, tuple[Any, Any]]:
    """What either side has, that of the new one first, with None for the side that lacks it."""
    return {key: (old.get(key), new.get(key)) for key in dict.fromkeys([*new, *old])}
