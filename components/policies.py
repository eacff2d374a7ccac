"""How do the keys beside routing become resources? Access, leaving the mesh and telemetry, an object each."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from fairlead_mesh.keys.section import Manifest

from .kubernetes_object import KubernetesObject
from .owner import named
from .site import Site


class Policies(pulumi.ComponentResource):
    """The policies that keys of apps, namespaces and the mesh come to."""

    def __init__(
        self,
        manifests: Sequence[Manifest],
        *,
        site: Site,
        after: Sequence[pulumi.Resource],
    ):
        super().__init__("fairlead:components:Policies", named("policies"), {}, site.opts)
        for manifest in manifests:
            metadata = manifest["metadata"]
            needs = [*after, *site.namespace(metadata["namespace"])]
            KubernetesObject(f"{metadata['namespace']}/{metadata['name']}", manifest, parent=self, after=needs)
        self.register_outputs({})
