"""What of a stack is on its cluster? What the program wants and what the state has, looked up there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fairlead.cluster.applied_names import Inputs, ref_of_inputs, release_name
from fairlead.cluster.helm_records import HelmRecord, helm_records
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.evaluation.snapshot import HELM_RELEASE, Snapshot
from fairlead.lifecycle.deployment import Deployment
from fairlead_mesh.model.objects.yaml_values import as_map


@dataclass(frozen=True)
class Sighting:
    """By URN: the objects that are there, and the revisions of the releases that are there, the newest first."""

    objects: Mapping[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    releases: Mapping[str, list[HelmRecord]] = field(default_factory=dict[str, list[HelmRecord]])

    def has(self, urn: str) -> bool:
        return urn in self.objects or urn in self.releases


def sighting(cluster: LiveCluster, snapshot: Snapshot, state: Deployment) -> Sighting:
    """One look at the cluster; nothing is changed there."""
    inputs = {each.urn: (each.type, each.inputs) for each in snapshot.resources if on_cluster(each.type)}
    inputs |= {str(each["urn"]): (str(each["type"]), stood_as(each)) for each in state.on_cluster()}
    refs = {urn: ref for urn, (kind, given) in inputs.items() if kind != HELM_RELEASE and (ref := ref_of_inputs(given))}
    live = cluster.read_all(refs.values())
    names = {urn: release_name(given) for urn, (kind, given) in inputs.items() if kind == HELM_RELEASE}
    records = _records(cluster, {name.partition("/")[0] for name in names.values()})
    return Sighting(
        {urn: live[ref] for urn, ref in refs.items() if ref in live},
        {urn: records[name] for urn, name in names.items() if name in records},
    )


def on_cluster(type_: str) -> bool:
    """Whether this is a Kubernetes object or a Helm release of its own, and no patch of somebody else's object."""
    return type_.startswith("kubernetes:") and not type_.endswith("Patch")


def stood_as(resource: Mapping[str, Any]) -> Inputs:
    """What a resource of the state was given; what it came to where it was given nothing."""
    return as_map(resource.get("inputs")) or as_map(resource.get("outputs"))


def _records(cluster: LiveCluster, namespaces: Iterable[str]) -> dict[str, list[HelmRecord]]:
    found: dict[str, list[HelmRecord]] = {}
    for namespace in sorted(namespaces):
        for record in helm_records(cluster, namespace):
            found.setdefault(record.release, []).append(record)
    return found


def title(type_: str, given: Inputs) -> str:
    """How people call a resource: `Release istio-system/istiod`, `VirtualService hello/helloworld`."""
    metadata = given if type_ == HELM_RELEASE else as_map(given.get("metadata"))
    parts = [str(metadata[key]) for key in ("namespace", "name") if metadata.get(key)]
    return f"{type_.rpartition(':')[2]} {'/'.join(parts)}"


def title_of(resource: Mapping[str, Any]) -> str:
    """The same for a resource of the state."""
    return title(str(resource.get("type")), stood_as(resource))
