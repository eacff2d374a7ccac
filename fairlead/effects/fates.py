"""What becomes of the same requests on both sides? Door by door, match by match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fairlead.comparison.comparison import Comparison
from fairlead.effects.doors import Door, DoorKey, Doors, doors
from fairlead.effects.outcomes import Outcome, outcome, straight
from fairlead.effects.placed import MatchKey, Placed
from fairlead.effects.requests import Place, condition
from mesh.apps import CLUSTER_DOMAIN, MESH
from mesh.lint.graph import Graph, service_key
from mesh.traffic import Route, Routing

_Services = tuple[Outcome | None, Outcome | None]
_EVERYTHING = Route("http", "all", (), "", {})


@dataclass(frozen=True)
class Fate:
    """Requests with one condition at one door, and their outcome on each side; None where nothing answers.

    `shadowed`: a route for them is there, and from now on another one before it takes them. `unrouted`: no route is
    for them, they are what the routes leave over. `kept`: the door is there on both sides.
    """

    subject: str
    place: Place
    old: Outcome | None
    new: Outcome | None
    shadowed: bool = False
    unrouted: bool = False
    kept: bool = False


def fates(comparison: Comparison) -> Iterator[Fate]:
    """For all that a VirtualService of either side speaks of, in a fixed order."""
    before, after = comparison.before.graph, comparison.after.graph
    was, now = doors(before, after), doors(after, before)
    names = _Names([*_routings(was), *_routings(now)])
    for key in sorted({*was.by_key, *now.by_key}):
        services = _service(key, before, after), _service(key, after, before)
        yield from _at_door(key, was, now, services, names)


def _service(key: DoorKey, here: Graph, other: Graph) -> Outcome | None:
    """What stands behind a door of the mesh that nothing routes; None for a Service that only the other side has."""
    gateway, host = key
    if gateway != MESH or not host.endswith(f".{CLUSTER_DOMAIN}"):
        return None
    service = service_key(host, "") or ("", "")
    return None if service in other.services and service not in here.services else straight(host)


def _at_door(key: DoorKey, was: Doors, now: Doors, services: _Services, names: _Names) -> Iterator[Fate]:
    old_door, new_door = was.nearest(key), now.nearest(key)
    old_own, new_own = _own(was.by_key.get(key)), _own(now.by_key.get(key))
    for match, asked in {**old_own, **new_own}.items():
        before, after = (door.taker(asked) if door else None for door in (old_door, new_door))
        yield Fate(
            names.of(asked.routing),
            Place(*key, condition(asked.match)),
            outcome(before.route) if before else None if old_door else services[0],
            outcome(after.route) if after else None if new_door else services[1],
            kept=bool(old_door and new_door),
            shadowed=bool(match in new_own and after and after.key != match and before and before.key == match),
        )
    yield from _no_longer_shared(key, old_door, new_door, names)
    service = services[0] if new_door else services[1]
    if service and (old_door is None) != (new_door is None):
        yield from _left_over(key, old_door, new_door, service, names)


def _left_over(key: DoorKey, old: Door | None, new: Door | None, service: Outcome, names: _Names) -> Iterator[Fate]:
    """Where a first VirtualService comes for a Service, or the last one goes: what no route is for."""
    door = old or new
    if door is None or not door.placed:
        return
    asked = Placed(door.placed[0].routing, _EVERYTHING, {})
    if not door.taker(asked):
        before, after = (None if each else service for each in (old, new))
        yield Fate(names.of(asked.routing), Place(*key, condition({})), before, after, unrouted=True)


def _no_longer_shared(key: DoorKey, old: Door | None, new: Door | None, names: _Names) -> Iterator[Fate]:
    """Where a host gets a door of its own, so that a wildcard's routes are no longer for it."""
    if old is None or new is None or old.host == new.host or new.host != key[1] or not new.placed:
        return
    asked = Placed(new.placed[0].routing, _EVERYTHING, {})
    if (before := old.taker(asked)) and not new.taker(asked):
        yield Fate(names.of(asked.routing), Place(*key, condition({})), outcome(before.route), None, unrouted=True)


def _own(door: Door | None) -> dict[MatchKey, Placed]:
    return {placed.key: placed for placed in reversed(door.placed)} if door else {}


def _routings(of: Doors) -> Iterator[Routing]:
    for door in of.by_key.values():
        for placed in door.placed:
            yield placed.routing


class _Names:
    """What a person calls an app: by its routes, with the namespace only where two namespaces have one of that name."""

    def __init__(self, routings: Iterable[Routing]):
        self._homes: dict[str, set[str]] = defaultdict(set)
        for each in routings:
            self._homes[_short(each)].add(each.namespace)

    def of(self, routing: Routing) -> str:
        name = _short(routing)
        return name if len(self._homes[name]) == 1 else f"{routing.namespace}/{name}"


def _short(routing: Routing) -> str:
    if routing.gateways == (MESH,) and len(routing.hosts) == 1 and (key := service_key(routing.hosts[0], "")):
        return key[1]
    return routing.name
