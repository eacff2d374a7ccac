"""Whose sidecars does this stack's istiod serve, beside the stack's own? They lose their control plane with it.

An injected pod says in an annotation which revision it belongs to (Istio, manifests/charts/istio-control: the injection
templates).
"""

from __future__ import annotations

from typing import Any

from fairlead.cluster.answers import Ref
from fairlead.cluster.applied_names import istiod_revision, ref_of_inputs
from fairlead.cluster.live_cluster import WITH_SIDECAR, LiveCluster
from fairlead.evaluation.snapshot import Snapshot
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

_REVISION = "istio.io/rev"
_HASH = "pod-template-hash"
_DEFAULT = "default"


def attached(cluster: LiveCluster, snapshot: Snapshot) -> list[str]:
    """Workloads outside of the stack, as `Deployment shop/cart`, in order."""
    revision = istiod_revision(snapshot)
    if not revision:
        return []
    refs = {ref for each in snapshot.resources if each.is_kubernetes_object and (ref := ref_of_inputs(each.inputs))}
    going = {ref.name for ref in refs if ref.kind == "Namespace"}
    own = {(ref.namespace, ref.name) for ref in refs}
    own |= {(str(each.inputs.get("namespace")), str(each.inputs.get("name"))) for each in snapshot.releases}
    found: set[tuple[str, str, str]] = set()
    for ref, pod in cluster.labelled("v1", "Pod", "", WITH_SIDECAR).items():
        kind, name = _workload(ref, as_map(pod.get("metadata")))
        served = as_map(as_map(pod.get("metadata")).get("annotations")).get(_REVISION, _DEFAULT)
        if served == revision and ref.namespace not in going and (ref.namespace, name) not in own:
            found.add((kind, ref.namespace, name))
    return [f"{kind} {namespace}/{name}" for kind, namespace, name in sorted(found)]


def _workload(ref: Ref, metadata: dict[str, Any]) -> tuple[str, str]:
    """What created a pod: of a ReplicaSet its Deployment, whose name it has, with a hash."""
    owners = as_maps(metadata.get("ownerReferences"))
    if not owners:
        return ref.kind, ref.name
    kind, name = str(owners[0].get("kind")), str(owners[0].get("name"))
    suffix = f"-{as_map(metadata.get('labels')).get(_HASH)}"
    if kind == "ReplicaSet" and name.endswith(suffix):
        return "Deployment", name.removesuffix(suffix)
    return kind, name
