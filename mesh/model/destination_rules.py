"""Which DestinationRules does a client follow for a host, and which pods are its subsets?

Sources: pilot/pkg/model/push_context.go (the order in which they are looked for), pilot/pkg/serviceregistry/util/label
(the labels that pods get from their nodes) in istio/istio.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mesh.findings import Path
from mesh.model.graph import Graph, full_host
from mesh.model.hostnames import patterns
from mesh.model.item import Item, by_age
from mesh.model.virtual_service import EVERY_NAMESPACE, seen_from
from mesh.model.workloads import Workload
from mesh.model.yaml_values import as_map

_FROM_THE_NODE = ("topology.", "failure-domain.", "kubernetes.io/hostname")


@dataclass(frozen=True)
class Client:
    """Who sends requests: pods of a namespace, with the labels by which a rule may select them."""

    namespace: str
    labels: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, eq=False)
class Subset:
    """A subset of a host: `rule` defines it at `path`."""

    name: str
    rule: Item
    path: Path
    spec: Mapping[str, Any]

    @property
    def labels(self) -> dict[str, Any]:
        return as_map(self.spec.get("labels"))

    @cached_property
    def asked_of_pods(self) -> dict[str, Any]:
        """The labels that pods have of their own: istiod takes the others from their node, where they say something."""
        return {key: value for key, value in self.labels.items() if value == "" or not _is_of_nodes(key)}

    @property
    def is_open(self) -> bool:
        """Whether nodes decide too which pods it has, so that nobody can know it from objects."""
        return len(self.asked_of_pods) < len(self.labels)

    def pods(self, graph: Graph, service: Item) -> list[Workload]:
        """The pods of a Service that it may have: the Service's selector and its labels both match them."""
        selector = as_map(service.get("spec", "selector"))
        found = [*graph.selected(service.namespace, selector), *graph.machines.selected(service.namespace, selector)]
        return [pod for pod in found if self.takes(pod.labels)] if selector else []

    def takes(self, labels: Mapping[str, Any]) -> bool:
        """Whether pods with these labels may be in it."""
        return self.asked_of_pods.items() <= labels.items()


class DestinationRules:
    """The DestinationRules of a mesh, found as istiod finds them."""

    def __init__(self, graph: Graph):
        self._graph = graph
        self._by_namespace: dict[str, dict[str, list[Item]]] = defaultdict(lambda: defaultdict(list))
        self._by_host: dict[str, list[Item]] = defaultdict(list)
        for rule in by_age(graph.all_of_kind("DestinationRule")):
            host = host_of(rule)
            self._by_namespace[rule.namespace][host].append(rule)
            self._by_host[host].append(rule)

    def of(self, host: str, home: str, client: Client) -> list[Item]:
        """Those that a client follows for a host of the namespace `home`, which are read as one: its own namespace's,
        else those of the host's namespace, else the root namespace's; of these the ones nearest to the host."""
        root = self._graph.root_namespace
        for namespace in dict.fromkeys((client.namespace if client.namespace != root else home, home, root)):
            by_host = self._by_namespace.get(namespace, {})
            for pattern in patterns(host) if by_host else ():
                if found := [rule for rule in by_host.get(pattern, ()) if self._holds(rule, client)]:
                    return found
        return []

    def about(self, host: str) -> Iterator[Item]:
        """All that name the host or a wildcard over it, whoever follows them."""
        return (rule for pattern in patterns(host) for rule in self._by_host.get(pattern, ()))

    def _holds(self, rule: Item, client: Client) -> bool:
        at_home = rule.namespace == client.namespace
        selector = selector_of(rule)
        if selector and not (at_home and selector.items() <= client.labels.items()):
            return False
        return at_home or self.is_seen(rule, client.namespace)

    def is_seen(self, rule: Item, namespace: str) -> bool:
        """Whether a rule is exported to a namespace."""
        exported = seen_from(rule, self._graph.mesh_config, "defaultDestinationRuleExportTo")
        return bool(exported & {EVERY_NAMESPACE, namespace})


def host_of(rule: Item) -> str:
    """The host that a DestinationRule is about, by its full name."""
    return full_host(str(rule.get("spec", "host") or ""), rule.namespace)


def selector_of(rule: Item) -> dict[str, Any]:
    """The labels of the clients that follow a DestinationRule; none where all do."""
    return as_map(rule.get("spec", "workloadSelector", "matchLabels"))


def subsets(rules: Iterable[Item]) -> dict[str, Subset]:
    """Name -> subset of DestinationRules that are read as one: of two with one name the older is taken."""
    found: dict[str, Subset] = {}
    for rule in rules:
        for path, spec in rule.maps("spec", "subsets"):
            found.setdefault(str(spec.get("name", "")), Subset(str(spec.get("name", "")), rule, path, spec))
    return found


def _is_of_nodes(key: object) -> bool:
    return str(key).startswith(_FROM_THE_NODE)
