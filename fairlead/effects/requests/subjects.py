"""What does a person call an app? By its routes, with the namespace only where two namespaces have one of that name."""

from __future__ import annotations

from collections import defaultdict

from fairlead.effects.requests.differing import Differing
from fairlead_mesh.model.graph import Graph, service_key
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.routes import routing
from fairlead_mesh.model.virtual_service import MESH


class Subjects:
    """The names of all apps of both sides."""

    def __init__(self, *graphs: Graph):
        self._homes: dict[str, set[str]] = defaultdict(set)
        self._short: dict[Item, str] = {}
        for graph in graphs:
            for item in graph.all_of_kind("VirtualService"):
                self._homes[self._name(item)].add(item.namespace)

    def of(self, met: Differing) -> str:
        """By the route that takes its requests, else by the Service or the host that they are for."""
        taker = met.new.taker or met.old.taker
        routed = met.new.entrance.takers or met.old.entrance.takers
        if taker or routed:
            item = taker.route.item if taker else routed[0].route.item
            name = self._name(item)
            return name if len(self._homes[name]) == 1 else f"{item.namespace}/{name}"
        host = met.of.request.host
        key = service_key(host, "") if host.endswith(".svc.cluster.local") else None
        return key[1] if key else host

    def _name(self, item: Item) -> str:
        if item not in self._short:
            of = routing(item)
            alone = of.gateways == (MESH,) and len(of.hosts) == 1
            key = service_key(of.hosts[0], "") if alone else None
            self._short[item] = key[1] if key else of.name
        return self._short[item]
