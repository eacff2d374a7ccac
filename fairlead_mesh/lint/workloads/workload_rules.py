"""Can these pods run beside a proxy, and can their node be drained?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.sidecars import PROXY, has_sidecar, is_gateway
from fairlead_mesh.model.pods.workloads import AUTOSCALER, Bounds, Workload, WorkloadName, bounds

_PROXY_UID = 1337
_REPLICATED = ("Deployment", "ReplicaSet", "StatefulSet")


@object_rule("IST0144", severity="warning")
def pods_do_not_run_as_the_proxy(graph: Graph) -> Iterator[Hit]:
    """User 1337 is the proxy's: its traffic is never redirected, so an app with that id bypasses the sidecar.

    Its requests are plain text, without policies or traces, and STRICT servers reset them.
    """
    for pod in graph.pods.all:
        if pod.item.brought or pod.namespace == graph.root_namespace or has_sidecar(graph, pod) is False:
            continue
        if is_gateway(pod):
            continue
        places = [(*pod.at, "spec"), *(path for path, each in pod.containers if each.get("name") != PROXY)]
        for place in places:
            at = (*place, "securityContext", "runAsUser")
            if pod.item.get(*at) == _PROXY_UID:
                message = f"{_PROXY_UID} is the sidecar's own user, so this traffic bypasses it"
                yield pod.item.hit(at, message, "write another user id, such as 1000")


@object_rule(severity="info")
def disruption_budgets_let_a_node_drain(graph: Graph) -> Iterator[Hit]:
    """A PodDisruptionBudget that allows no eviction blocks node drains: `kubectl drain` and upgrades wait forever."""
    scaled = bounds(graph.all_of_kind(AUTOSCALER))
    for item in graph.of_kind("PodDisruptionBudget"):
        selector = as_map(item.get("spec", "selector", "matchLabels"))
        # Of those that a stack file makes, a rule over its keys says it.
        if not item.source or as_map(item.get("spec", "selector")).get("matchExpressions"):
            continue
        pods = graph.selected(item.namespace, selector)
        replicas = _replicas(pods, scaled)
        most, least = item.get("spec", "maxUnavailable"), item.get("spec", "minAvailable")
        remedy = "write maxUnavailable: 1, and at least two replicas"
        if most in (0, "0", "0%"):
            message = "no pod may ever be evicted, so drains and upgrades of their nodes wait forever"
            yield item.hit(("spec", "maxUnavailable"), message, remedy)
        elif least == "100%" or (replicas and least is not None and _at_least(least, replicas) >= replicas):
            known = f"there are {replicas}" if replicas else "that is all of them"
            message = f"{least} must stay and {known}, so drains and upgrades of their nodes wait forever"
            yield item.hit(("spec", "minAvailable"), message, remedy)


def _replicas(pods: list[Workload], scaled: Mapping[WorkloadName, Bounds]) -> int | None:
    """How many pods there are, at their least; None where that is not known."""
    if not pods or any(pod.item.kind not in _REPLICATED for pod in pods):
        return None
    counts = [_count(pod.item, scaled) for pod in pods]
    return sum(count for count in counts if count is not None) if None not in counts else None


def _count(item: Item, scaled: Mapping[WorkloadName, Bounds]) -> int | None:
    key = (item.kind, item.namespace, item.name)
    count = scaled[key][0] if key in scaled else item.get("spec", "replicas")
    count = 1 if count is None else count
    return count if isinstance(count, int) and count > 0 else None


def _at_least(value: Any, replicas: int) -> int:
    text = str(value)
    if text.endswith("%") and text[:-1].isdigit():
        return math.ceil(int(text[:-1]) * replicas / 100)
    return int(text) if text.isdigit() else 0
