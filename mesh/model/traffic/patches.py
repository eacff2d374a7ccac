"""What changes a proxy in a way that objects do not tell? EnvoyFilters and WasmPlugins: said, never guessed."""

from __future__ import annotations

from mesh.model.item import Item
from mesh.model.traffic.mesh import Mesh, workload_name
from mesh.model.traffic.outcome import Step
from mesh.model.workloads import Workload
from mesh.model.yaml_values import as_map

_KINDS = ("EnvoyFilter", "WasmPlugin")


def patches(mesh: Mesh, workload: Workload) -> list[Step]:
    """A step for each object that changes the proxy of these pods."""
    spaces = (workload.namespace, mesh.graph.root_namespace)
    found = (item for item in mesh.graph.all_of_kind(*_KINDS) if item.namespace in spaces)
    name = workload_name(workload)
    return [
        Step(f"{item} changes the proxy of {name}: what it does is not known here", item)
        for item in found
        if not item.spec.get("targetRefs") and _selector(item).items() <= workload.labels.items()
    ]


def _selector(item: Item) -> dict[str, object]:
    return as_map(item.get("spec", "workloadSelector", "labels")) or as_map(item.get("spec", "selector", "matchLabels"))
