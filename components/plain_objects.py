"""How are the stack's own YAML files applied?"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from fairlead_mesh.keys.section import Manifest

from .kubernetes_object import KubernetesObject
from .owner import named
from .site import Site


class PlainObjects(pulumi.ComponentResource):
    """Every object of the files, as it is there, each after the one before it."""

    def __init__(
        self,
        manifests: Sequence[Manifest],
        *,
        site: Site,
        after: Sequence[pulumi.Resource],
    ):
        super().__init__("fairlead:components:PlainObjects", named("objects"), {}, site.opts)
        for manifest in manifests:
            metadata = manifest["metadata"]
            name = "/".join(part for part in (metadata.get("namespace"), metadata["name"]) if part)
            after = [KubernetesObject(name, manifest, parent=self, after=after, wait=site.wait)]
        self.register_outputs({})
