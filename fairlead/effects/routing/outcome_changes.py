"""What becomes of the same requests on both sides? Host by host of each gateway, match by match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fairlead.comparison.comparison import Comparison
from fairlead.effects.routing.gateway_hosts import GatewayHost, GatewayHostKey, GatewayHosts, gateway_hosts
from fairlead.effects.routing.outcomes import Outcome, outcome, straight
from fairlead.effects.routing.requests import RequestScope, condition
from fairlead.effects.routing.route_matches import MatchKey, RouteMatch
from mesh.model.graph import Graph, service_key
from mesh.model.hostnames import CLUSTER_DOMAIN
from mesh.model.routes import Route, Routing
from mesh.model.virtual_service import MESH

_Services = tuple[Outcome | None, Outcome | None]
_EVERYTHING = Route("http", "all", (), "", {})


@dataclass(frozen=True)
class OutcomeChange:
    """Requests with one condition at one gateway host, and their outcome on each side; None where nothing answers.

    `shadowed`: a route for them is there, and from now on another one before it takes them. `unrouted`: no route is
    for them, they are what the routes leave over. `kept`: the gateway host is there on both sides.
    """

    subject: str
    place: RequestScope
    old: Outcome | None
    new: Outcome | None
    shadowed: bool = False
    unrouted: bool = False
    kept: bool = False


def outcome_changes(comparison: Comparison) -> Iterator[OutcomeChange]:
    """For all that a VirtualService of either side speaks of, in a fixed order."""
    before, after = comparison.before.graph, comparison.after.graph
    was, now = gateway_hosts(before, after), gateway_hosts(after, before)
    names = _Names([*_routings(was), *_routings(now)])
    for key in sorted({*was.by_key, *now.by_key}):
        services = _service(key, before, after), _service(key, after, before)
        yield from _at_gateway_host(key, was, now, services, names)


def _service(key: GatewayHostKey, here: Graph, other: Graph) -> Outcome | None:
    """What stands behind a host of the mesh that nothing routes; None for a Service that only the other side has."""
    gateway, host = key
    if gateway != MESH or not host.endswith(f".{CLUSTER_DOMAIN}"):
        return None
    service = service_key(host, "") or ("", "")
    return None if service in other.services and service not in here.services else straight(host)


def _at_gateway_host(
    key: GatewayHostKey, was: GatewayHosts, now: GatewayHosts, services: _Services, names: _Names
) -> Iterator[OutcomeChange]:
    old_entry, new_entry = was.nearest(key), now.nearest(key)
    old_own, new_own = _own(was.by_key.get(key)), _own(now.by_key.get(key))
    for match, asked in {**old_own, **new_own}.items():
        before, after = (entry.taker(asked) if entry else None for entry in (old_entry, new_entry))
        yield OutcomeChange(
            names.of(asked.routing),
            RequestScope(*key, condition(asked.match)),
            outcome(before.route) if before else None if old_entry else services[0],
            outcome(after.route) if after else None if new_entry else services[1],
            kept=bool(old_entry and new_entry),
            shadowed=bool(match in new_own and after and after.key != match and before and before.key == match),
        )
    yield from _no_longer_shared(key, old_entry, new_entry, names)
    service = services[0] if new_entry else services[1]
    if service and (old_entry is None) != (new_entry is None):
        yield from _left_over(key, old_entry, new_entry, service, names)


def _left_over(
    key: GatewayHostKey, old: GatewayHost | None, new: GatewayHost | None, service: Outcome, names: _Names
) -> Iterator[OutcomeChange]:
    """Where a first VirtualService comes for a Service, or the last one goes: what no route is for."""
    entry = old or new
    if entry is None or not entry.route_matches:
        return
    asked = RouteMatch(entry.route_matches[0].routing, _EVERYTHING, {})
    if not entry.taker(asked):
        before, after = (None if each else service for each in (old, new))
        yield OutcomeChange(names.of(asked.routing), RequestScope(*key, condition({})), before, after, unrouted=True)


def _no_longer_shared(
    key: GatewayHostKey, old: GatewayHost | None, new: GatewayHost | None, names: _Names
) -> Iterator[OutcomeChange]:
    """Where a host gets routes of its own, so that a wildcard's routes are no longer for it."""
    if old is None or new is None or old.host == new.host or new.host != key[1] or not new.route_matches:
        return
    asked = RouteMatch(new.route_matches[0].routing, _EVERYTHING, {})
    if (before := old.taker(asked)) and not new.taker(asked):
        yield OutcomeChange(
            names.of(asked.routing), RequestScope(*key, condition({})), outcome(before.route), None, unrouted=True
        )


def _own(entry: GatewayHost | None) -> dict[MatchKey, RouteMatch]:
    return {match.key: match for match in reversed(entry.route_matches)} if entry else {}


def _routings(of: GatewayHosts) -> Iterator[Routing]:
    for entry in of.by_key.values():
        for match in entry.route_matches:
            yield match.routing


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
