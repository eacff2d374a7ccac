"""Do pods of the previewed mesh accept plain text? Said by name, as nothing in a tree of resources shows a default."""

from __future__ import annotations

from fairlead.evaluation.snapshot import Snapshot
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.sidecars import injects
from fairlead_mesh.model.security.mtls import PERMISSIVE, PeerPolicies


def plain_text_line(snapshot: Snapshot, root_namespace: str) -> str:
    """A sentence on the namespaces whose pods accept plain text beside mTLS; empty where there is none."""
    objects = tuple(Item(each.inputs) for each in snapshot.resources if each.is_kubernetes_object)
    mesh = Graph(objects, closed=False, root_namespace=root_namespace)
    policies = PeerPolicies(mesh)
    injected = [name for name, item in sorted(mesh.namespaces.items()) if injects(item.labels, {})]
    said = {name: policies.of_namespace(name) for name in injected}
    by_default = [name for name, (mode, by) in said.items() if mode == PERMISSIVE and by is None]
    intended = [name for name, (mode, by) in said.items() if mode == PERMISSIVE and by is not None]
    if by_default:
        why = "Istio's default, permissive, applies. Set istio.mtls: strict once all clients have sidecars."
        return f"mTLS: pods in {', '.join(by_default)} accept plain text too: {why}"
    return (
        f"mTLS: pods in {', '.join(intended)} accept plain text too, as their mode is permissive." if intended else ""
    )
