"""Which requests does a sentence speak of? Those that a change meets: conditions, hosts and gateways, in few words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairlead.effects.words import FEW, few, listed
from mesh.model.graph import Graph, service_key
from mesh.model.request_words import EVERY_REQUEST, requests_in_words
from mesh.model.virtual_service import MESH, gateways

EVERY_HOST = "*"


@dataclass(frozen=True)
class RequestScope:
    """Requests with one condition, in words, for one host at one gateway."""

    gateway: str
    host: str
    condition: str


def condition(match: Mapping[str, Any]) -> str:
    """A match in words."""
    return requests_in_words([match])


@dataclass(frozen=True)
class RequestScopes:
    """Everywhere that an app is found, so that a sentence names only what sets its requests apart."""

    all: frozenset[RequestScope]
    gateway_names: Mapping[str, str]

    def requests(self, of: Iterable[RequestScope]) -> str:
        """`requests (path exact /hello) through istio-ingress and inside the mesh`."""
        met = frozenset(of)
        which = self._conditions(met)
        noun = "the other requests" if which == [EVERY_REQUEST] else "requests"
        named = f" ({_either(which)})" if which and which != [EVERY_REQUEST] else ""
        hosts = {place.host for place in met}
        other_hosts = hosts != {place.host for place in self.all if place.gateway in {each.gateway for each in met}}
        for_hosts = f" for {few(sorted(_host(host) for host in hosts))}" if other_hosts else ""
        return f"{noun}{named}{for_hosts} {self.through(met)}"

    def through(self, of: Iterable[RequestScope]) -> str:
        """`through istio-ingress and inside the mesh`."""
        gateways = {place.gateway for place in of}
        named = sorted(self.gateway_names.get(each, each) for each in gateways - {MESH})
        ways = [f"through {few(named)}"] if named else []
        return listed([*ways, *(["inside the mesh"] if MESH in gateways else [])])

    def hosts(self, of: Iterable[RequestScope]) -> str:
        """`at hello.example.com`."""
        return f"at {few(sorted({_host(place.host) for place in of}))}"

    def at(self, of: Iterable[RequestScope]) -> str:
        """`at hello.example.com, path exact /hello`."""
        met = frozenset(of)
        which = [each for each in self._order(met) if each != EVERY_REQUEST]
        return ", ".join([self.hosts(met), *([_either(which)] if which else [])])

    def _conditions(self, met: frozenset[RequestScope]) -> list[str]:
        """What to name: nothing where all requests of these gateway hosts are meant."""
        gateway_hosts = {(place.gateway, place.host) for place in met}
        theirs = {place.condition for place in self.all if (place.gateway, place.host) in gateway_hosts}
        asked = {place.condition for place in met}
        return [] if asked == theirs else self._order(met)

    def _order(self, met: frozenset[RequestScope]) -> list[str]:
        return sorted({place.condition for place in met}, key=lambda each: (each == EVERY_REQUEST, each))


def _either(conditions: Sequence[str]) -> str:
    if len(conditions) <= FEW:
        return " or ".join(conditions)
    return f"{' or '.join(conditions[:FEW])} or {len(conditions) - FEW} others"


def _host(host: str) -> str:
    key = service_key(host, "") if host.endswith(".svc.cluster.local") else None
    return "every host" if host == EVERY_HOST else f"{key[1]}.{key[0]}" if key else host


def gateway_names(*graphs: Graph) -> dict[str, str]:
    """`namespace/name` -> the name, with its namespace only where two share it."""
    keys = {f"{item.namespace}/{item.name}" for graph in graphs for item in graph.all_of_kind("Gateway")}
    keys |= {key for graph in graphs for item in graph.all_of_kind("VirtualService") for key in gateways(item)}
    shared = Counter(key.partition("/")[2] for key in keys)
    return {key: key if shared[key.partition("/")[2]] > 1 else key.partition("/")[2] for key in sorted(keys - {MESH})}
