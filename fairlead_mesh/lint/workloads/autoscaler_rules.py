"""Can an autoscaler do its work, and does nothing else set the number of pods?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.workloads import AUTOSCALER, Workload, scaled_workload


def _scaled(graph: Graph) -> Iterator[tuple[Item, Workload]]:
    """Each autoscaler with the pods that it adds and removes, where both are known."""
    known = {(pod.item.kind, pod.namespace, pod.item.name): pod for pod in graph.pods.all if not pod.item.brought}
    for item in graph.of_kind(AUTOSCALER):
        if pod := known.get(scaled_workload(item)):
            yield item, pod


@object_rule(severity="warning", status="preview")
def autoscaled_pods_request_what_is_measured(graph: Graph) -> Iterator[Hit]:
    """Every container of autoscaled pods requests the resource whose utilization the autoscaler looks at.

    Utilization is a share of the request: where one container has none, the autoscaler reports an error and never adds
    a pod. A sidecar has requests of its own; a LimitRange may add those of the app.
    """
    limited = {item.namespace for item in graph.all_of_kind("LimitRange")}
    for item, pod in _scaled(graph):
        for path, metric in item.maps("spec", "metrics"):
            resource = as_map(metric.get("resource"))
            name = str(resource.get("name"))
            if metric.get("type") != "Resource" or as_map(resource.get("target")).get("type") != "Utilization":
                continue
            lacking = [str(each.get("name")) for each in _running(pod) if not _requests(each, name)]
            if lacking and item.namespace not in limited:
                message = f"container {lacking[0]} of {pod.item} requests no {name}, so no pod is ever added"
                at = (*path, "resource", "name")
                yield item.hit(at, message, f"write resources.requests.{name} of each container of {pod.item.name}")


def _running(pod: Workload) -> list[dict[str, Any]]:
    """The containers that run as long as the pod: of those that start it, the ones that go on."""
    return [each for path, each in pod.containers if path[-2] == "containers" or each.get("restartPolicy") == "Always"]


def _requests(container: dict[str, Any], name: str) -> bool:
    """A limit without a request is one too."""
    return any(as_map(as_map(container.get("resources")).get(key)).get(name) for key in ("requests", "limits"))


@object_rule(severity="info")
def autoscaled_workloads_leave_replicas_out(graph: Graph) -> Iterator[Hit]:
    """What an autoscaler scales says no replica count of its own.

    Whenever the object is applied, the count goes back to the one that is written, whatever the load, and the
    autoscaler begins again from there. Without the field the cluster keeps the autoscaler's count.
    """
    for item, pod in _scaled(graph):
        # An object that was read from a cluster has the count of the moment.
        if pod.item.get("spec", "replicas") and not pod.item.metadata.get("uid"):
            message = f"{item} decides how many pods run, and each time this is applied it sets the count back"
            yield pod.item.hit(("spec", "replicas"), message, "remove it", others=[(item, ("spec", "scaleTargetRef"))])
