"""Which route takes a request, by gateway and host? Each host of a gateway with its routes, in order.

Objects are compared by this meaning: two VirtualServices of different names that route the same are the same.
Istio chooses the nearest host first, then the first route that fits; routes of several VirtualServices for one host of
a gateway are merged (Istio: ops/best-practices/traffic-management).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from fairlead.effects.routing.route_matches import MatchKey, RouteMatch, route_matches
from mesh.model.graph import Graph
from mesh.model.hostnames import CLUSTER_DOMAIN, patterns
from mesh.model.item import Item
from mesh.model.routes import Routing, routings
from mesh.model.served_hosts import known_gateways, served, takes
from mesh.model.virtual_service import EVERY_NAMESPACE, MESH, seen_from

_EXPORT = "defaultVirtualServiceExportTo"
GatewayHostKey = tuple[str, str]


@dataclass(frozen=True, eq=False)
class GatewayHost:
    """A host at a gateway, with what is routed there, in order."""

    gateway: str
    host: str
    route_matches: list[RouteMatch] = field(default_factory=list[RouteMatch])
    _first: dict[MatchKey, int] = field(default_factory=dict[MatchKey, int])

    def add(self, match: RouteMatch) -> None:
        self._first.setdefault(match.key, len(self.route_matches))
        self.route_matches.append(match)

    def taker(self, asked: RouteMatch) -> RouteMatch | None:
        """The first that takes all requests of a match, `asked` being of this gateway host or another side's."""
        protocol = asked.route.protocol
        places = [place for key in asked.asked.wider() if (place := self._first.get((protocol, *key))) is not None]
        return self.route_matches[min(places)] if places else None


@dataclass(frozen=True)
class GatewayHosts:
    """All gateway hosts of one side."""

    by_key: Mapping[GatewayHostKey, GatewayHost]

    def nearest(self, key: GatewayHostKey) -> GatewayHost | None:
        """The gateway host that a request for this host takes."""
        gateway, host = key
        return next((self.by_key[gateway, each] for each in patterns(host) if (gateway, each) in self.by_key), None)


def gateway_hosts(graph: Graph, other: Graph) -> GatewayHosts:
    """The gateway hosts of one side; a gateway that only the `other` side has is closed on this one."""
    found: dict[GatewayHostKey, GatewayHost] = {}
    here, there = known_gateways(graph), known_gateways(other)
    by_name: dict[tuple[str, str], Item | None] = {_key(item): None for item in other.all_of_kind("VirtualService")}
    by_name |= {_key(item): item for item in graph.all_of_kind("VirtualService")}
    hears = {key: item for key, item in here.items() if item.get("spec")}
    for each in routings(graph):
        for gateway, host in _places(each, graph, other):
            closed = gateway in there if gateway not in here else not _hears(hears.get(gateway), host, each.namespace)
            if gateway == MESH or not (closed or _is_hidden(each.item, gateway, graph)):
                entry = found.setdefault((gateway, host), GatewayHost(gateway, host))
                for at in route_matches(each, gateway, by_name):
                    entry.add(at)
    return GatewayHosts(found)


def _is_hidden(item: Item, gateway: str, graph: Graph) -> bool:
    """Whether it is exported, but not to the gateway's namespace."""
    return not seen_from(item, graph.mesh_config, _EXPORT) & {EVERY_NAMESPACE, gateway.partition("/")[0]}


def _hears(gateway: Item | None, host: str, namespace: str) -> bool:
    return gateway is None or takes(served(gateway, namespace), host, namespace)


def _places(each: Routing, graph: Graph, other: Graph) -> Iterator[GatewayHostKey]:
    """Where its routes hold; of a VirtualService for outside and inside, each host on its own side."""
    both = MESH in each.gateways and len(each.gateways) > 1
    for gateway in dict.fromkeys(each.gateways):
        for host in dict.fromkeys(each.hosts):
            inside = host.endswith(f".{CLUSTER_DOMAIN}")
            known = inside or graph.serves(host, each.namespace) or other.serves(host, each.namespace)
            if not both or known == (gateway == MESH):
                yield gateway, host


def _key(item: Item) -> tuple[str, str]:
    return item.namespace, item.name
