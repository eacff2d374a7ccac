"""Which gateways does the internet reach? Load balancers that are not internal, and the Gateways behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fairlead_mesh.model.gateway_listeners import gateway_selector
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.traffic.balancer_traffic import ends_all_tls, is_internal, source_ranges

_EVERYBODY = frozenset({"0.0.0.0/0", "::/0"})


@dataclass(frozen=True)
class PublicGateway:
    """A Service with a load balancer that has public addresses, and the Gateways that its pods serve."""

    service: Item
    gateways: tuple[Item, ...]

    @property
    def sources(self) -> list[str]:
        return source_ranges(self.service)

    @property
    def is_for_everybody(self) -> bool:
        return not self.sources or not _EVERYBODY.isdisjoint(self.sources)

    @property
    def terminates_tls(self) -> bool:
        return ends_all_tls(self.service)


def public_gateways(graph: Graph) -> Iterator[PublicGateway]:
    """Those of a graph, in its order; a Service whose pods serve no Gateway is none."""
    for service in graph.services.values():
        if service.get("spec", "type") == "LoadBalancer" and not is_internal(service):
            pods = set(map(id, graph.pods_of(service)))
            behind = tuple(
                gateway
                for gateway in graph.of_kind("Gateway")
                if any(id(each) in pods for each in graph.selected(None, gateway_selector(gateway)))
            )
            if behind:
                yield PublicGateway(service, behind)
