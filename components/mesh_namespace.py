"""How does a namespace join the mesh?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pulumi

from fairlead_mesh.namespaces import Namespace, namespace_object

from .cluster import Cluster
from .kubernetes_object import KubernetesObject
from .owner import named, owned


class MeshNamespace(pulumi.ComponentResource):
    """The namespace, or the labels of one that exists already."""

    def __init__(
        self,
        config: Namespace,
        *,
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ):
        super().__init__("fairlead:components:MeshNamespace", named(f"namespace-{config.name}"), {}, opts)
        manifest = namespace_object(config)
        self.namespace = KubernetesObject(config.name, manifest, parent=self, after=after, patch=config.adopted)
        self.register_outputs({})


def mesh_namespaces(
    namespaces: Iterable[Namespace], *, cluster: Cluster, after: Sequence[pulumi.Resource]
) -> dict[str, pulumi.Resource]:
    """Name -> namespace, one component each; all of them come after what must outlive them, such as security rules."""
    opts = owned(cluster.providers)
    return {item.name: MeshNamespace(item, after=after, opts=opts).namespace for item in namespaces}
