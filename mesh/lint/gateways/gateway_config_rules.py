"""Does every gateway have pods of its own, and may a node that leaves take one of them along?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mesh.config import Config
from mesh.findings import Hit, Path
from mesh.gateway_values import gateway_values
from mesh.gateways import Gateway
from mesh.lint.rule import config_rule
from mesh.model.yaml_values import as_map


@config_rule("IST0145")
def gateways_have_pods_of_their_own(config: Config) -> Iterator[Hit]:
    """A Gateway object applies to all pods with its labels, in every namespace.

    The pods of one gateway then also serve the hosts of the other: routes of the internal load balancer are reachable
    through the public one, and the two compete for the same ports.
    """
    first: dict[frozenset[tuple[str, str]], tuple[str, Path]] = {}
    for index, gateway in enumerate(config.gateways):
        labels = frozenset(gateway.pod_labels.items())
        name, place = first.setdefault(labels, (gateway.name, ("gateways", index)))
        if name != gateway.name:
            words = ", ".join(f"{key}: {value}" for key, value in gateway.pod_labels.items())
            message = f"its pods have the labels {words}, like those of {name}, so each serves the hosts of both"
            yield Hit(("gateways", index, "selector"), None, message, "give one of them a selector", first=place)


@dataclass(frozen=True)
class _Pods:
    """How many pods run at the least and at the most."""

    least: int
    most: int

    def left_after_one(self, pods: int, budget: dict[str, Any]) -> bool:
        """Whether a drain may take one of so many pods; shares are rounded up, as Kubernetes does."""
        kept, gone = _count(budget.get("minAvailable"), pods), _count(budget.get("maxUnavailable"), pods)
        return pods - kept >= 1 if kept is not None else gone is None or gone >= 1


def _count(value: Any, pods: int) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"\d+%", value):
        return -(-pods * int(value[:-1]) // 100)
    return value if isinstance(value, int) else None


def _pods(values: dict[str, Any]) -> _Pods:
    """As the gateway chart reads its values: 1 to 5 pods where nothing is said."""
    scaling = as_map(values.get("autoscaling"))
    least, most, fixed = scaling.get("minReplicas", 1), scaling.get("maxReplicas", 5), values.get("replicaCount")
    if not scaling.get("enabled", True):
        least = most = fixed
    return _Pods(least if isinstance(least, int) else 1, most if isinstance(most, int) else 1)


@config_rule()
def nodes_can_be_drained(config: Config) -> Iterator[Hit]:
    """A PodDisruptionBudget lets a node drain evict at least one pod, and the gateway has more than one.

    With a budget that allows no eviction, `kubectl drain` and every node group upgrade wait until somebody deletes the
    pod by hand. The gateway chart creates no budget for a single pod: then the key has no effect.
    """
    for index, gateway in enumerate(config.gateways):
        values = gateway_values(gateway, config.istio, None)
        budget = as_map(values.get("podDisruptionBudget"))
        path: Path = ("gateways", index, "podDisruptionBudget")
        if budget:
            yield from _budget(
                path if gateway.pod_disruption_budget else ("gateways", index, "values"), values, gateway
            )


def _budget(path: Path, values: dict[str, Any], gateway: Gateway) -> Iterator[Hit]:
    budget, pods = as_map(values.get("podDisruptionBudget")), _pods(values)
    if "minAvailable" in budget and "maxUnavailable" in budget:
        message = "the API server rejects a budget with both minAvailable and maxUnavailable"
        yield Hit(path, budget, message, "keep one of the two")
    elif pods.least <= 1:
        message = f"has no effect: {gateway.name} may have a single pod, for which the chart creates no budget"
        remedy = "write autoscaling: {min: 2, max: 5} or replicas: 2, or remove it"
        yield Hit(path, budget, message, remedy, severity="warning")
    elif not pods.left_after_one(pods.least, budget):
        always = not pods.left_after_one(pods.most, budget)
        when = "at any time" if always else f"while {pods.least} pods run"
        message = f"a node with a pod of {gateway.name} cannot be drained {when}: none of its pods may be evicted"
        remedy = "write maxUnavailable: 1"
        yield Hit(path, budget, message, remedy, severity="error" if always else "warning")
