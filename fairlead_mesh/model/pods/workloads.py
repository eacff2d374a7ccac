"""Which pods are there, by what makes them, and which of them does a selector mean?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from fairlead_mesh.findings import Path
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map

_TEMPLATE: Path = ("spec", "template")
_DEEPEST = 4
TEMPLATED = ("DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet")

MACHINES: dict[str, Path] = {"WorkloadEntry": ("spec", "labels"), "WorkloadGroup": ("spec", "metadata", "labels")}
"""What stands for machines outside the cluster, and where its labels are."""


@dataclass(frozen=True, eq=False)
class Workload:
    """Pods with the same labels: the object that makes them, and their template's metadata and spec. `at` is where the
    pod stands in the object: its template, or the object itself."""

    item: Item
    namespace: str
    labels: Mapping[str, Any]
    annotations: Mapping[str, Any]
    pod: Mapping[str, Any]
    at: Path = ()

    @cached_property
    def containers(self) -> list[tuple[Path, dict[str, Any]]]:
        """Those of the pod, also the ones that only start it: a sidecar may be one of these."""
        return [found for key in ("containers", "initContainers") for found in self.item.maps(*self.at, "spec", key)]

    @cached_property
    def ports(self) -> frozenset[int]:
        """The ports that its containers declare."""
        found = (port.get("containerPort") for path, _ in self.containers for _, port in self.item.maps(*path, "ports"))
        return frozenset(each for each in found if isinstance(each, int))

    def number_of(self, port: Mapping[str, Any]) -> int | None:
        """The number on which the pods listen for a Service's port; None where no container has its name."""
        target = port.get("targetPort") or port.get("port")
        if isinstance(target, int):
            return target
        named = (found for path, _ in self.containers for _, found in self.item.maps(*path, "ports"))
        number = next((found.get("containerPort") for found in named if found.get("name") == target), None)
        return number if isinstance(number, int) else None

    @property
    def service_account(self) -> str:
        return str(self.pod.get("serviceAccountName") or self.pod.get("serviceAccount") or "default")


@dataclass(frozen=True, eq=False)
class Workloads:
    """All pods, found by a label that they carry, so that no selector is held against every one of them."""

    all: tuple[Workload, ...]

    @cached_property
    def by_namespace(self) -> dict[str, list[Workload]]:
        found: dict[str, list[Workload]] = defaultdict(list)
        for each in self.all:
            found[each.namespace].append(each)
        return found

    @cached_property
    def _by_label(self) -> dict[tuple[str, str], list[Workload]]:
        found: dict[tuple[str, str], list[Workload]] = defaultdict(list)
        for each in self.all:
            for key, value in each.labels.items():
                found[key, str(value)].append(each)
        return found

    def selected(self, namespace: str | None, selector: Mapping[str, Any]) -> list[Workload]:
        """The pods that carry all labels of `selector`, in a namespace or, with None, in all of them."""
        if not selector:
            return list(self.all) if namespace is None else list(self.by_namespace.get(namespace, []))
        pools = [self._by_label.get((key, str(value)), []) for key, value in selector.items()]
        near = (each for each in min(pools, key=len) if namespace is None or each.namespace == namespace)
        return [each for each in near if selector.items() <= each.labels.items()]


def workloads(items: Iterable[Item]) -> Workloads:
    """The pods that these objects are or make: any object with a pod template makes some."""
    return Workloads(tuple(_workload(item, at) for item in items for at in _places(item)))


def _places(item: Item) -> list[Path]:
    if item.kind == "Pod":
        return [()]
    return [_TEMPLATE] if item.kind in TEMPLATED else list(_templates(item.spec, ("spec",)))


def _templates(fields: Mapping[str, Any], at: Path) -> Iterator[Path]:
    """Where `template: {spec: {containers: []}}` stands, as in a CronJob, a Rollout or a Service of Knative."""
    if isinstance(as_map(as_map(fields.get("template")).get("spec")).get("containers"), list):
        yield (*at, "template")
    elif len(at) < _DEEPEST:
        for key, value in fields.items():
            if isinstance(value, dict):
                yield from _templates(cast("dict[str, Any]", value), (*at, key))


def _workload(item: Item, at: Path) -> Workload:
    labels, annotations = (as_map(item.get(*at, "metadata", key)) for key in ("labels", "annotations"))
    return Workload(item, item.namespace, labels, annotations, as_map(item.get(*at, "spec")), at)


def machines(items: Iterable[Item]) -> Workloads:
    """The machines that these objects are, or may register."""
    return Workloads(
        tuple(Workload(item, item.namespace, as_map(item.get(*MACHINES[item.kind])), {}, {}) for item in items)
    )


def labels_in_words(labels: Mapping[str, Any]) -> str:
    """`app: web, version: v1`; nothing where there are none."""
    return ", ".join(f"{key}: {value}" for key, value in sorted(labels.items()))


def service_selector(item: Item) -> dict[str, Any]:
    """The labels by which a Service selects pods."""
    return as_map(item.get("spec", "selector"))


def policed_pods(pods: Workloads, policy: Item) -> list[Workload]:
    """The pods whose incoming connections a NetworkPolicy limits; by its labels alone, so that none is missed."""
    kinds = policy.get("spec", "policyTypes") or ["Ingress"]
    if "Ingress" not in kinds:
        return []
    return pods.selected(policy.namespace, as_map(policy.get("spec", "podSelector", "matchLabels")))


def template_selector(item: Item) -> dict[str, Any]:
    """The labels by which a Deployment, or another that makes pods, finds its own."""
    return as_map(item.get("spec", "selector", "matchLabels"))


AUTOSCALER = "HorizontalPodAutoscaler"
WorkloadName = tuple[str, str, str]
"""Kind, namespace and name of what makes pods."""
Bounds = tuple[int, int]


def scaled_workload(item: Item) -> WorkloadName:
    """The workload whose pods an autoscaler adds and removes."""
    target = as_map(item.get("spec", "scaleTargetRef"))
    return str(target.get("kind") or "Deployment"), item.namespace, str(target.get("name"))


def bounds(autoscalers: Iterable[Item]) -> dict[WorkloadName, Bounds]:
    """Workload -> the least and the most pods of it; one at the least, where nothing is said."""
    found: dict[WorkloadName, Bounds] = {}
    for item in autoscalers:
        least, most = (item.get("spec", key) for key in ("minReplicas", "maxReplicas"))
        least = least if isinstance(least, int) else 1
        found[scaled_workload(item)] = least, max(least, most) if isinstance(most, int) else least
    return found
