"""May a node that leaves take a pod along, and is there more than one to spread and to scale?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.gateway_values import gateway_values
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.samples.sample import Sample


@dataclass(frozen=True)
class _Pods:
    """The pods of a gateway or of each Deployment of a sample: how many at the least and at the most, and whose
    budget says what a drain leaves of them. `of_chart` are those whose chart creates no budget for a single pod."""

    path: Path
    name: str
    least: int
    most: int
    budget: Mapping[Any, Any]
    of_chart: bool = False

    def left_after_one(self, pods: int) -> bool:
        """Whether a drain may take one of so many pods; shares are rounded up, as Kubernetes does."""
        kept, gone = _count(self.budget.get("minAvailable"), pods), _count(self.budget.get("maxUnavailable"), pods)
        return pods - kept >= 1 if kept is not None else gone is None or gone >= 1


def _count(value: Any, pods: int) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"\d+%", value):
        return -(-pods * int(value[:-1]) // 100)
    return value if isinstance(value, int) else None


def _pods(config: Config) -> Iterator[_Pods]:
    for index, gateway in enumerate(config.gateways):
        if not gateway.external:
            yield _of_gateway(gateway, gateway_values(gateway, config.istio, None), ("gateways", index))
    for index, sample in enumerate(config.samples):
        yield _of_sample(sample, ("samples", index))


def _of_gateway(gateway: Gateway, values: dict[str, Any], path: Path) -> _Pods:
    """As the gateway chart reads its values: 1 to 5 pods where nothing is said."""
    scaling = as_map(values.get("autoscaling"))
    least, most, fixed = scaling.get("minReplicas", 1), scaling.get("maxReplicas", 5), values.get("replicaCount")
    budget = as_map(values.get("podDisruptionBudget"))
    own = gateway.autoscaling
    if own and own.requests_per_second:
        return _Pods(path, gateway.name, own.min, own.max, gateway.pod_disruption_budget or budget)
    if not scaling.get("enabled", True):
        least = most = fixed
    return _Pods(path, gateway.name, _number(least), _number(most), budget, of_chart=True)


def _of_sample(sample: Sample, path: Path) -> _Pods:
    scaling, fixed = sample.autoscaling, sample.replicas or 1
    least, most = (scaling.min, scaling.max) if scaling else (fixed, fixed)
    return _Pods(path, sample.name, least, most, sample.pod_disruption_budget or {})


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 1


@config_rule()
def nodes_can_be_drained(config: Config) -> Iterator[Hit]:
    """A PodDisruptionBudget lets a node drain evict at least one pod, and there is more than one.

    With a budget that allows no eviction, `kubectl drain` and every node group upgrade wait until somebody deletes the
    pod by hand. The gateway chart creates no budget for a single pod: then the key has no effect.
    """
    for pods in _pods(config):
        if pods.budget:
            yield from _budget(pods, _place(config, pods.path, "podDisruptionBudget"))


def _budget(pods: _Pods, path: Path) -> Iterator[Hit]:
    budget = pods.budget
    if "minAvailable" in budget and "maxUnavailable" in budget:
        message = "the API server rejects a budget with both minAvailable and maxUnavailable"
        yield Hit(path, budget, message, "keep one of the two")
    elif pods.of_chart and pods.least <= 1:
        message = f"has no effect: {pods.name} may have a single pod, for which the chart creates no budget"
        remedy = "write autoscaling: {min: 2, max: 5} or replicas: 2, or remove it"
        yield Hit(path, budget, message, remedy, severity="warning")
    elif not pods.left_after_one(pods.least):
        always = not pods.left_after_one(pods.most)
        when = "at any time" if always else f"while {pods.least} pods run" if pods.least > 1 else "while 1 pod runs"
        message = f"a node with a pod of {pods.name} cannot be drained {when}: none of its pods may be evicted"
        remedy = "write maxUnavailable: 1"
        yield Hit(path, budget, message, remedy, severity="error" if always else "warning")


@config_rule(severity="warning")
def spread_pods_are_several(config: Config) -> Iterator[Hit]:
    """Pods that are spread over zones or hosts are at least two.

    A single pod is in one zone and on one host, whatever `spread` says: where that fails, nothing is left.
    """
    for pods in _pods(config):
        section, index = pods.path
        spread = getattr(config, str(section))[index].spread
        if spread and pods.most <= 1:
            message = f"has no effect: {pods.name} has a single pod"
            remedy = "write autoscaling: {min: 2, max: 5} or replicas: 2, or remove it"
            yield Hit((*pods.path, "spread"), None, message, remedy)


@config_rule(severity="warning")
def autoscaled_gateways_request_cpu_and_memory(config: Config) -> Iterator[Hit]:
    """An autoscaled gateway requests the CPU and memory that its autoscaler compares its use with.

    Utilization is a share of the request: without one the autoscaler reports an error and never adds a pod. The chart
    requests 100m and 128Mi unless `values` take that away.
    """
    for index, gateway in enumerate(config.gateways):
        scaling, path = gateway.autoscaling, ("gateways", index, "values", "resources")
        resources = gateway.values.get("resources", {})
        requests = as_map(resources).get("requests", {}) if resources is not None else None
        for name, percent in (("cpu", scaling.cpu), ("memory", scaling.memory)) if scaling else ():
            if percent and (requests is None or as_map(requests).get(name, 1) in (None, 0, "0")):
                message = f"takes the request of {name} away, which the autoscaler of {gateway.name} needs"
                yield Hit(path, resources, message, f"remove it, or write a request of {name}")


def _place(config: Config, path: Path, key: str) -> Path:
    """Where the stack file says it: in the key, else in the values of the chart."""
    section, index = path
    own = getattr(getattr(config, str(section))[index], "pod_disruption_budget", None)
    return (*path, key) if own else (*path, "values")
