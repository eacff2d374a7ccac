"""How does a namespace join the mesh?"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from components.kubernetes_object import KubernetesObject
from mesh.namespaces import Namespace, namespace_object


class MeshNamespace(pulumi.ComponentResource):
    """The namespace, or the labels of one that exists already."""

    namespace: KubernetesObject

    def __init__(
        self,
        config: Namespace,
        *,
        after: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ):
        super().__init__("fairlead:components:MeshNamespace", f"namespace-{config.name}", {}, opts)
        manifest = namespace_object(config)
        self.namespace = KubernetesObject(config.name, manifest, parent=self, after=after, patch=config.adopted)
        self.register_outputs({})
