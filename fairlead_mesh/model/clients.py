"""Who sends requests by a VirtualService, and what do its destinations mean to each of them?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from fairlead_mesh.model.destination_rules import Client, DestinationRules, Subset, selector_of, subsets
from fairlead_mesh.model.graph import Graph, service_key
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.sidecars import has_sidecar
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.virtual_service import EVERY_NAMESPACE, MESH, Destination, seen_from, ways_in


class Clients:
    """The clients of a mesh's VirtualServices."""

    def __init__(self, graph: Graph):
        self._graph = graph
        self.rules = graph.once(DestinationRules)
        self._last: tuple[object, list[tuple[Client, list[Item]]]] = (None, [])

    def rules_of(self, destination: Destination) -> list[tuple[Client, list[Item]]]:
        """Each client that a destination's requests come from, of those for whom the same holds one, and the
        DestinationRules that it follows for the host."""
        # The destinations of an object have one host more often than not, and are asked for one after the other.
        item, host = destination.item, destination.full_host
        named = tuple(dict.fromkeys(name for names, _ in ways_in(item, destination.route) for name in names))
        if self._last[0] != (item, host, named):
            home = self.home(host)
            found = [(client, self.rules.of(host, home, client)) for client in self._of(item, host, named)]
            self._last = ((item, host, named), found)
        return self._last[1]

    def subsets(self, destination: Destination) -> list[tuple[Client, dict[str, Subset]]]:
        """The same clients, with the subsets that the host has for each."""
        return [(client, subsets(rules)) for client, rules in self.rules_of(destination)]

    def home(self, host: str) -> str:
        """The namespace of a host; empty where it is none of the cluster's and no ServiceEntry names it."""
        if (key := service_key(host, "")) and key in self._graph.services:
            return key[0]
        entries = self._graph.service_entry_hosts.get(host)
        return entries[0].namespace if entries else key[0] if key else ""

    def _of(self, item: Item, host: str, named: Sequence[str]) -> list[Client]:
        """Who sends requests to a host by a VirtualService (or, of a delegate, may do so), through these gateways."""
        found = [client for name in named if name != MESH for client in self._of_gateway(name)]
        if MESH in named:
            found += self._sidecars(item, host)
        unique = {(client.namespace, *sorted(client.labels.items(), key=str)): client for client in found}
        return list(unique.values())

    def _of_gateway(self, name: str) -> Iterator[Client]:
        namespace, _, short = name.partition("/")
        gateway = self._graph.gateways.get((namespace, short))
        selector = as_map(gateway.get("spec", "selector")) if gateway else {}
        pods = self._graph.selected(None, selector) if selector else []
        yield from (Client(pod.namespace, pod.labels) for pod in pods)
        if not pods:
            yield Client(namespace, selector)

    def _sidecars(self, item: Item, host: str) -> list[Client]:
        exported = seen_from(item, self._graph.mesh_config, "defaultVirtualServiceExportTo")
        about = list(self.rules.about(host))
        own = dict.fromkeys([item.namespace, self.home(host), *(rule.namespace for rule in about)])
        limited = any(not self.rules.is_seen(rule, "") for rule in about)
        others = [space for space in self._senders if space not in own]
        spaces = [*own, *(others if limited else others[:1])]
        seen = [space for space in spaces if exported & {EVERY_NAMESPACE, space}]
        found = [client for space in seen for client in self._of_namespace(space, about)]
        return found or [Client(space) for space in [*seen, item.namespace][:1]]

    def _of_namespace(self, namespace: str, about: list[Item]) -> Iterator[Client]:
        """One client for all pods, and those that a rule selects beside it."""
        pods = self._senders.get(namespace, [])
        if not pods:
            return
        selectors = [selector_of(rule) for rule in about if rule.namespace == namespace and selector_of(rule)]
        chosen = (
            [pod for pod in pods if any(selector.items() <= pod.labels.items() for selector in selectors)]
            if selectors
            else []
        )
        if len(chosen) < len(pods):
            yield Client(namespace)
        yield from (Client(namespace, pod.labels) for pod in chosen)

    @cached_property
    def _senders(self) -> dict[str, list[Workload]]:
        """Namespace -> its pods that may have a sidecar."""
        found = {
            space: [pod for pod in pods if has_sidecar(self._graph, pod) is not False]
            for space, pods in self._graph.workloads.items()
        }
        return {space: pods for space, pods in found.items() if pods}
