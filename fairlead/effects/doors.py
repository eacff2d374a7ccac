"""Through which door does a request come, and which route takes it there? Each gateway and host with its routes.

Objects are compared by this meaning: two VirtualServices of different names that route the same are the same.
Istio chooses the nearest host first, then the first route that fits; routes of several VirtualServices for one host of
a gateway are merged (Istio: ops/best-practices/traffic-management).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fairlead.effects.placed import MatchKey, Placed, placed
from mesh.apps import CLUSTER_DOMAIN, MESH
from mesh.lint.graph import Graph
from mesh.lint.hostnames import patterns
from mesh.lint.item import Item
from mesh.lint.served_hosts import known_gateways, served, takes
from mesh.lint.virtual_service import EVERY_NAMESPACE, seen_from
from mesh.traffic import Routing, routings

_EXPORT = "defaultVirtualServiceExportTo"
DoorKey = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Door:
    """A host at a gateway, with what is routed there, in order."""

    gateway: str
    host: str
    placed: list[Placed] = field(default_factory=list[Placed])
    _first: dict[MatchKey, int] = field(default_factory=dict[MatchKey, int])

    def add(self, placed: Placed) -> None:
        self._first.setdefault(placed.key, len(self.placed))
        self.placed.append(placed)

    def taker(self, asked: Placed) -> Placed | None:
        """The first that takes all requests of a match, `asked` being of this door or another side's."""
        protocol = asked.route.protocol
        places = [place for key in asked.asked.wider() if (place := self._first.get((protocol, *key))) is not None]
        return self.placed[min(places)] if places else None


@dataclass(frozen=True)
class Doors:
    """All doors of one side."""

    by_key: Mapping[DoorKey, Door]

    def nearest(self, key: DoorKey) -> Door | None:
        """The door that a request for this host takes."""
        gateway, host = key
        return next((self.by_key[gateway, each] for each in patterns(host) if (gateway, each) in self.by_key), None)


def doors(graph: Graph, other: Graph) -> Doors:
    """The doors of one side; a gateway that only the `other` side has is closed on this one."""
    found: dict[DoorKey, Door] = {}
    here, there = known_gateways(graph), known_gateways(other)
    by_name: dict[tuple[str, str], Item | None] = {_key(item): None for item in other.all_of_kind("VirtualService")}
    by_name |= {_key(item): item for item in graph.all_of_kind("VirtualService")}
    hears = {key: item for key, item in here.items() if item.get("spec")}
    for each in routings(graph):
        for gateway, host in _places(each, graph, other):
            closed = gateway in there if gateway not in here else not _hears(hears.get(gateway), host, each.namespace)
            if gateway == MESH or not (closed or _is_hidden(each.item, gateway, graph)):
                door = found.setdefault((gateway, host), Door(gateway, host))
                for at in placed(each, gateway, by_name):
                    door.add(at)
    return Doors(found)


def _is_hidden(item: Item, gateway: str, graph: Graph) -> bool:
    """Whether it is exported, but not to the gateway's namespace."""
    return not seen_from(item, graph.mesh_config, _EXPORT) & {EVERY_NAMESPACE, gateway.partition("/")[0]}


def _hears(gateway: Item | None, host: str, namespace: str) -> bool:
    return gateway is None or takes(served(gateway, namespace), host, namespace)


def _places(each: Routing, graph: Graph, other: Graph) -> Iterator[DoorKey]:
    """Where its routes hold; of a VirtualService for outside and inside, not the one's host at the other's door."""
    both = MESH in each.gateways and len(each.gateways) > 1
    for gateway in dict.fromkeys(each.gateways):
        for host in dict.fromkeys(each.hosts):
            inside = host.endswith(f".{CLUSTER_DOMAIN}")
            known = inside or graph.serves(host, each.namespace) or other.serves(host, each.namespace)
            if not both or known == (gateway == MESH):
                yield gateway, host


def _key(item: Item) -> tuple[str, str]:
    return item.namespace, item.name
