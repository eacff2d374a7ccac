"""What is a workload called in a sentence? By its app, with the namespace where the app alone would be ambiguous."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.pods.sidecars import is_gateway
from fairlead_mesh.model.pods.workloads import Workload

THE_MESH = "the whole mesh"
PODS = "pods"

WorkloadKey = tuple[str, str, str]
"""Namespace, kind and name of what makes pods: what tells a workload on both sides."""


def workload_key(workload: Workload) -> WorkloadKey:
    """Where the workload stands."""
    return workload.namespace, workload.item.kind, workload.item.name


def app(workload: Workload) -> str:
    """Its label `app`, else `app.kubernetes.io/name`, else its own name."""
    for key in ("app", "app.kubernetes.io/name"):
        if name := workload.labels.get(key):
            return str(name)
    return workload.item.name


def of_namespace(name: str) -> str:
    """All pods of a namespace."""
    return f"namespace {name}"


def of_pods(namespace: str | None, selector: Mapping[str, object]) -> str:
    """Pods that nobody has seen, by the labels that select them."""
    labels = ",".join(f"{key}={value}" for key, value in sorted(selector.items(), key=lambda item: str(item[0])))
    return f"{PODS} {labels} in {namespace or 'every namespace'}"


class Subjects:
    """Names of the workloads of both sides."""

    def __init__(self, *graphs: Graph):
        self._homes: dict[str, set[str]] = defaultdict(set)
        for graph in graphs:
            for workload in graph.pods.all:
                self._homes[app(workload)].add(workload.namespace)

    def of(self, workload: Workload) -> str:
        """`helloworld`, or `hello/helloworld` where another namespace has one too; `gateway istio-ingress`."""
        if is_gateway(workload):
            return f"gateway {workload.item.name}"
        name = app(workload)
        return name if len(self._homes[name]) < 2 else f"{workload.namespace}/{name}"  # noqa: PLR2004 - itself
