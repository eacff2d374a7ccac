"""Which DestinationRules does a client follow for a host, and which pods are its subsets?

Sources: pilot/pkg/model/push_context.go (destinationRule: the order in which they are looked for), destination_rule.go
(mergeDestinationRule: which are read as one), sidecar.go (DestinationRule: which of those counts),
pilot/pkg/serviceregistry/util/label (the labels that pods get from their nodes) in istio/istio.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fairlead_mesh.findings import Path
from fairlead_mesh.model.graph import Graph, full_host
from fairlead_mesh.model.hostnames import patterns
from fairlead_mesh.model.objects.item import Item, age
from fairlead_mesh.model.objects.yaml_values import as_list, as_map
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.virtual_service import EVERY_NAMESPACE, seen_from

_OWN = "."
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
        return {
            key: value for key, value in self.labels.items() if value == "" or not str(key).startswith(_FROM_THE_NODE)
        }

    @property
    def is_open(self) -> bool:
        """Whether nodes decide too which pods it has, so that nobody can know it from objects."""
        return len(self.asked_of_pods) < len(self.labels)

    @property
    def has_policy(self) -> bool:
        """Whether its requests are treated otherwise than those of its host."""
        return bool(self.spec.get("trafficPolicy"))

    def pods(self, graph: Graph, service: Item) -> list[Workload]:
        """The pods of a Service that it may have: the Service's selector and its labels both match them."""
        selector = as_map(service.get("spec", "selector"))
        found = [*graph.selected(service.namespace, selector), *graph.machines.selected(service.namespace, selector)]
        return [pod for pod in found if self.takes(pod.labels)] if selector else []

    def takes(self, labels: Mapping[str, Any]) -> bool:
        """Whether pods with these labels may be in it."""
        return self.asked_of_pods.items() <= labels.items()


@dataclass
class _Merged:
    """Rules of one host that are read as one, as the first says to whom they are exported."""

    exported: frozenset[str]
    selector: Mapping[str, Any]
    rules: list[Item] = field(default_factory=list[Item])


class DestinationRules:
    """The DestinationRules of a mesh, found as istiod finds them."""

    def __init__(self, graph: Graph):
        self._graph = graph
        self._by_namespace: dict[str, dict[str, list[Item]]] = defaultdict(lambda: defaultdict(list))
        self._by_host: dict[str, list[Item]] = defaultdict(list)
        for rule in sorted(graph.all_of_kind("DestinationRule"), key=lambda rule: (not selector_of(rule), age(rule))):
            host = host_of(rule)
            self._by_namespace[rule.namespace][host].append(rule)
            self._by_host[host].append(rule)

    def of(self, host: str, home: str, client: Client) -> list[Item]:
        """Those that a client follows for a host of the namespace `home`, which are read as one: its own namespace's,
        else what the host's namespace exports to it, else what the root namespace does; the ones nearest to the host.

        A namespace that has rules for the host hides the next ones, also where their workloadSelector does not match.
        """
        root, space = self._graph.root_namespace, client.namespace

        def at_home(rule: Item) -> bool:
            return self._is_private(rule) if space == root else bool(_exported(rule) & {"*", _OWN, space, ""})

        if found := _merged(self._nearest(space, host, at_home)):
            return _chosen(found, client)
        for other in dict.fromkeys((home, root)):
            exported = _merged(self._nearest(other, host, lambda rule: not self._is_private(rule)))
            if found := [each for each in exported if each.exported & {"*", space, ""}]:
                return _chosen(found, client)
        return []

    def _nearest(self, namespace: str, host: str, counts: Callable[[Item], bool]) -> list[Item]:
        by_host = self._by_namespace.get(namespace, {})
        for pattern in patterns(host) if by_host else ():
            if found := [rule for rule in by_host.get(pattern, ()) if counts(rule)]:
                return found
        return []

    def _is_private(self, rule: Item) -> bool:
        said = _exported(rule)
        if "" in said:
            return _OWN in as_list((self._graph.mesh_config or {}).get("defaultDestinationRuleExportTo"))
        return len(said) == 1 and bool(said & {_OWN, rule.namespace})

    def about(self, host: str) -> Iterator[Item]:
        """All that name the host or a wildcard over it, whoever follows them."""
        return (rule for pattern in patterns(host) for rule in self._by_host.get(pattern, ()))

    def is_seen(self, rule: Item, namespace: str) -> bool:
        """Whether a rule is exported to a namespace."""
        exported = seen_from(rule, self._graph.mesh_config, "defaultDestinationRuleExportTo")
        return bool(exported & {EVERY_NAMESPACE, namespace})


def host_of(rule: Item) -> str:
    """The host that a DestinationRule is about, by its full name."""
    return full_host(str(rule.get("spec", "host") or ""), rule.namespace)


def placed_subsets(rule: Item) -> list[tuple[Path, dict[str, Any]]]:
    """Each subset as it is written, with its path."""
    return rule.maps("spec", "subsets")


def selector_of(rule: Item) -> dict[str, Any]:
    """The labels of the clients that follow a DestinationRule; none where all do."""
    return as_map(rule.get("spec", "workloadSelector", "matchLabels"))


def _exported(rule: Item) -> frozenset[str]:
    """As the rule says it; the empty text stands for nothing said."""
    if rule.get("spec", "workloadSelector"):
        return frozenset({_OWN})
    return frozenset(str(each) for each in as_list(rule.get("spec", "exportTo"))) or frozenset({""})


def _merged(rules: Sequence[Item]) -> list[_Merged]:
    found: list[_Merged] = []
    for rule in rules:
        apart = True
        for each in found:
            apart = not _joins(rule, each)  # the last one says it
        if apart:
            found.append(_Merged(_exported(rule), selector_of(rule), [rule]))
    return found


def _joins(rule: Item, to: _Merged) -> bool:
    """Takes a rule into others; whether it needs no place of its own then."""
    exported, selector = _exported(rule), selector_of(rule)
    same = exported == to.exported
    wider = exported >= to.exported and "" not in to.exported
    if not (same or wider) or (selector and to.selector and selector != to.selector):
        return False
    to.rules.append(rule)
    return same or bool(selector) == bool(to.selector)


def _chosen(found: Sequence[_Merged], client: Client) -> list[Item]:
    last: list[Item] = []
    for each in found:
        if not each.selector:
            last = each.rules
        elif each.rules[0].namespace == client.namespace and each.selector.items() <= client.labels.items():
            return each.rules
    return last


def subsets(rules: Iterable[Item]) -> dict[str, Subset]:
    """Name -> subset of DestinationRules that are read as one: of two with one name the older is taken."""
    found: dict[str, Subset] = {}
    for rule in rules:
        for path, spec in rule.maps("spec", "subsets"):
            found.setdefault(str(spec.get("name", "")), Subset(str(spec.get("name", "")), rule, path, spec))
    return found
