"""What do both sides do with one class of requests? Its route, or its Service, and how well it is answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from fairlead.effects.effect import Hurt, Sender
from fairlead_mesh.model.classes.differences import Difference
from fairlead_mesh.model.classes.entrance import Entrance, Taker
from fairlead_mesh.model.classes.surroundings import WITHOUT_SIDECAR
from fairlead_mesh.model.graph import service_key
from fairlead_mesh.model.request_words import EVERY_REQUEST
from fairlead_mesh.model.requests.request import INTERNET
from fairlead_mesh.model.routes import Route, Share, route
from fairlead_mesh.model.traffic.clusters import Cluster, Lack
from fairlead_mesh.model.traffic.explanation import Explanation
from fairlead_mesh.model.traffic.mesh import workload_name
from fairlead_mesh.model.traffic.outcome import NO_NAME, OUTSIDE

_FINE = range(200, 400)
_REFUSED = (401, 403)
_HTTP = "http"
THE_MESH = "mesh"


class State(Enum):
    """What a proxy has for a request."""

    ROUTED = 1
    """A route."""
    STRAIGHT = 2
    """No VirtualService, and the Service whose name it bears."""
    UNROUTED = 3
    """Routes, none of which takes it."""
    NOWHERE = 4


@dataclass(frozen=True, eq=False)
class Side:
    """What becomes of a class of requests on one side."""

    found: Explanation
    entrance: Entrance
    taker: Taker | None

    @cached_property
    def state(self) -> State:
        if self.taker:
            return State.ROUTED
        if self.entrance.at:
            return State.UNROUTED
        straight = self.entrance.straight
        return State.STRAIGHT if straight and straight.without is not Lack.HOST else State.NOWHERE

    @cached_property
    def route(self) -> Route:
        """What its route says; all to its Service where there is none."""
        if self.taker:
            of = self.taker.route
            return route(of.spec, _HTTP, of.item.namespace)
        straight = self.entrance.straight
        shares = (Share(straight.name, "", None, 100.0),) if straight else ()
        return Route(_HTTP, EVERY_REQUEST, shares, "", {})

    @cached_property
    def clusters(self) -> list[Cluster]:
        """Where it may go, those of its shares first and in their order."""
        return self.entrance.clusters(self.taker)

    @property
    def destinations(self) -> list[tuple[Share, Cluster]]:
        """Its shares, those of nothing left out."""
        return [pair for pair in zip(self.route.shares, self.clusters, strict=False) if pair[0].percent]

    @property
    def is_cut(self) -> bool:
        """Whether more than its route tells the class apart: policies, origins, rewrites."""
        return bool(self.entrance.told_apart(self.taker) or self.entrance.policies)

    @cached_property
    def answered(self) -> float:
        return sum(share for status, share in self.found.statuses.items() if status in _FINE)

    @property
    def within(self) -> float:
        """The share that somebody in the mesh answers, well or not."""
        return sum(share for name, share in self.found.answered.items() if name != OUTSIDE)

    @property
    def refused(self) -> float:
        return sum(self.found.statuses.get(status, 0.0) for status in _REFUSED) + self.found.errors

    @property
    def is_unnamed(self) -> bool:
        """Whether the name does not resolve."""
        return any(each.error == NO_NAME for each in self.found.outcomes)

    @cached_property
    def keys(self) -> frozenset[str]:
        """Namespaces, pods, gateways and hosts on the way, so that what is said of one of these can be proved."""
        return frozenset(self._keys())

    def _keys(self) -> Iterator[str]:
        if self.entrance.at:
            yield f"gateway/{self.entrance.at.gateway}"
        for to in self.clusters:
            host = to.name.partition(" ")[0]
            yield f"host/{host}"
            if key := service_key(host, "") if host.endswith(".svc.cluster.local") else None:
                yield f"namespace/{key[0]}"
            for each in to.endpoints:
                if each.workload:
                    yield from (f"namespace/{each.workload.namespace}", f"pods/{workload_name(each.workload)}")


@dataclass(frozen=True, eq=False)
class Differing:
    """A class of requests that is treated differently."""

    of: Difference

    @cached_property
    def old(self) -> Side:
        return Side(self.of.before, self.of.entrances[0], self.of.takers[0])

    @cached_property
    def new(self) -> Side:
        return Side(self.of.after, self.of.entrances[1], self.of.takers[1])

    @property
    def is_inside(self) -> bool:
        return self.of.request.caller != INTERNET

    @property
    def sender(self) -> Sender | None:
        if not self.is_inside:
            return Sender.GATEWAY
        return Sender.PLAIN_TEXT if self.of.request.caller.partition("/")[0] == WITHOUT_SIDECAR else None

    @cached_property
    def keys(self) -> frozenset[str]:
        one = self.of.request
        door = {f"gateway/{one.gateway}"} if one.gateway else {f"namespace/{one.caller.partition('/')[0]}"}
        return self.old.keys | self.new.keys | door | {THE_MESH}

    @property
    def gains(self) -> bool:
        """Whether more of its requests are answered well."""
        return round(self.new.answered - self.old.answered, 6) > 0

    @cached_property
    def hurt(self) -> Hurt | None:
        """What the change does to the share of requests that are answered well; who only leaves the mesh reaches
        nobody whom the mesh protects."""
        old, new = self.old.answered, self.new.answered
        if self.gains:
            return Hurt.EXPOSES if self.new.within > self.old.within else None
        if round(old - new, 6) > 0:
            return Hurt.REFUSES if self.new.refused > self.old.refused else Hurt.INTERRUPTS
        return None

    @property
    def is_worse(self) -> bool:
        """Whether fewer of its requests are answered well."""
        return self.hurt in (Hurt.INTERRUPTS, Hurt.REFUSES)

    @property
    def has_other_ends(self) -> bool:
        """Whether other answers come, whoever gives them."""
        return _ends(self.old.found) != _ends(self.new.found)


def _ends(found: Explanation) -> dict[object, float]:
    return {key: round(share, 6) for key, share in (*found.statuses.items(), ("errors", found.errors)) if share}
