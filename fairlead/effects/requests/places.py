"""Which requests does a sentence speak of? Conditions, hosts, gateways and clients of classes, in few words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fairlead.effects.requests.differing import Differing
from fairlead.effects.witness import client
from fairlead.effects.words import FEW, few, listed
from fairlead_mesh.model.classes.differences import Compared
from fairlead_mesh.model.classes.entrance import Entrance
from fairlead_mesh.model.conditions import conditions
from fairlead_mesh.model.graph import Graph, service_key
from fairlead_mesh.model.hostnames import covers
from fairlead_mesh.model.request_words import EVERY_REQUEST, condition_in_words
from fairlead_mesh.model.requests.request import INTERNET, Request
from fairlead_mesh.model.virtual_service import MESH, gateways

_EVERY_HOST = "*"
_REST = ""
"""The condition of what no route takes."""


@dataclass(frozen=True)
class Place:
    """Requests with one condition, in words, for one host at one gateway."""

    gateway: str
    host: str
    condition: str


def place(met: Differing) -> Place:
    """Where a class is; its condition is that of the narrower of the two routes that take it."""
    old, new = met.old, met.new
    at = new.entrance.at or old.entrance.at
    gateway = MESH if met.is_inside else at.gateway if at else met.of.request.gateway
    matches = [dict(side.taker.match) for side in (old, new) if side.taker]
    narrower = matches[-1] if len(matches) > 1 and _takes(matches[0], matches[-1]) else matches[0] if matches else None
    condition = _REST if narrower is None else condition_in_words(narrower)
    return Place(gateway, _host_of(met), condition)


def _host_of(met: Differing) -> str:
    """The narrower of the two hosts that take it: what the wider one takes besides is treated as before."""
    found = [side.entrance.domain for side in (met.new, met.old) if side.entrance.domain]
    if len(found) > 1 and covers(*found):
        return found[1]
    return found[0] if found else met.of.request.host


def _takes(wide: dict[str, object], narrow: dict[str, object]) -> bool:
    """Whether one match takes every request of another."""
    asked = conditions(wide)
    return (asked.prefix, asked.others) in set(conditions(narrow).wider())


class Places:
    """Everywhere that was asked, so that a sentence names only what sets its requests apart."""

    def __init__(self, compared: Compared, names: dict[str, str]):
        self._names = names
        self._conditions: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        self._callers: dict[Place, set[str]] = defaultdict(set)
        self._hosts: dict[tuple[str, str], set[str]] = defaultdict(set)
        for like, sides in compared.entered:
            for side in sides:
                self._add(like, side)

    def _add(self, like: Request, side: Entrance) -> None:
        gateway = MESH if like.caller != INTERNET else side.at.gateway if side.at else like.gateway
        host = side.domain or like.host
        for condition in (_REST, *(condition_in_words(taker.match) for taker in side.takers)):
            self._callers[Place(gateway, host, condition)].add(like.caller)
        for taker in side.takers:
            app = taker.route.item.name
            self._conditions[gateway, host, app].add(condition_in_words(taker.match))
            self._hosts[gateway, app].add(host)

    def requests(self, of: Sequence[Differing]) -> str:
        """`requests (path exact /hello) through istio-ingress and inside the mesh`."""
        met = list(dict.fromkeys(place(each) for each in of))
        app = self._app(of)
        which = self._asked(met, app)
        noun = "the other requests" if which == [EVERY_REQUEST] else "requests"
        named = f" ({_either(which)})" if which and which != [EVERY_REQUEST] else ""
        hosts = {each.host for each in met}
        known = {host for each in met for host in self._hosts.get((each.gateway, app), ())}
        for_hosts = f" for {few(sorted(map(host_in_words, hosts)))}" if known - hosts else ""
        return f"{noun}{named}{for_hosts} {self.through(of)}"

    def through(self, of: Sequence[Differing]) -> str:
        """`through istio-ingress and inside the mesh`."""
        met = {place(each).gateway for each in of}
        named = sorted(self._names.get(each, each.partition("/")[2]) for each in met - {MESH})
        ways = [f"through {few(named)}"] if named else []
        return listed([*ways, *([self._inside([each for each in of if each.is_inside])] if MESH in met else [])])

    def _inside(self, of: Sequence[Differing]) -> str:
        """Who, where not all clients in the mesh that can send such requests are meant."""
        senders: dict[str, Request] = {}
        everybody: set[str] = set()
        for each in of:
            senders.setdefault(each.of.request.caller, each.of.request)
            everybody |= self._callers[place(each)]
        if everybody <= senders.keys():
            return "inside the mesh"
        return f"from {few(dict.fromkeys(client(each.changed(claims=None)) for each in senders.values()))}"

    def hosts(self, of: Iterable[Differing]) -> str:
        """`at hello.example.com`."""
        return f"at {few(sorted({host_in_words(place(each).host) for each in of}))}"

    def at(self, of: Sequence[Differing]) -> str:
        """`at hello.example.com, path exact /hello`."""
        which = [each for each in _order(map(place, of)) if each not in (EVERY_REQUEST, _REST)]
        return ", ".join([self.hosts(of), *([_either(which)] if which else [])])

    def _app(self, of: Sequence[Differing]) -> str:
        """The routes that take them, else those at the same host that do not."""
        sides = [side for each in of for side in (each.new, each.old)]
        takers = [side.taker for side in sides if side.taker] or [one for side in sides for one in side.entrance.takers]
        return takers[0].route.item.name if takers else ""

    def _asked(self, met: Sequence[Place], app: str) -> list[str]:
        """What to name: nothing where all requests of these gateway hosts are meant."""
        theirs = {condition for each in met for condition in self._conditions[each.gateway, each.host, app]}
        asked = {each.condition for each in met} - {_REST}
        return [] if asked == theirs else [each for each in _order(met) if each != _REST]


def _order(met: Iterable[Place]) -> list[str]:
    return sorted({each.condition for each in met}, key=lambda each: (each == EVERY_REQUEST, each))


def _either(conditions: Sequence[str]) -> str:
    if len(conditions) <= FEW:
        return " or ".join(conditions)
    return f"{' or '.join(conditions[:FEW])} or {len(conditions) - FEW} others"


def host_in_words(host: str) -> str:
    """`every host`, or `helloworld.hello` for a Service."""
    key = service_key(host, "") if host.endswith(".svc.cluster.local") else None
    return "every host" if host == _EVERY_HOST else f"{key[1]}.{key[0]}" if key else host


def gateway_names(*graphs: Graph) -> dict[str, str]:
    """`namespace/name` -> the name, with its namespace only where two share it."""
    keys = {f"{item.namespace}/{item.name}" for graph in graphs for item in graph.all_of_kind("Gateway")}
    keys |= {key for graph in graphs for item in graph.all_of_kind("VirtualService") for key in gateways(item)}
    shared = Counter(key.partition("/")[2] for key in keys)
    return {key: key if shared[key.partition("/")[2]] > 1 else key.partition("/")[2] for key in sorted(keys - {MESH})}
