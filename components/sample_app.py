"""How is a sample deployed?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from components.kubernetes_object import KubernetesObject
from mesh.samples import Sample, sample_objects


class SampleApp(pulumi.ComponentResource):
    """The Deployments and Services of a small application, created once istiod can give its pods their sidecars."""

    def __init__(
        self,
        config: Sample,
        *,
        namespaces: Mapping[str, pulumi.Resource],
        after: Sequence[pulumi.Resource],
        wait: bool,
        opts: pulumi.ResourceOptions | None = None,
    ):
        super().__init__("fairlead:components:SampleApp", f"{config.name}-{config.namespace}", {}, opts)
        home = namespaces.get(config.namespace)
        needs = [*after, home] if home else after
        for manifest in sample_objects(config):
            name = f"{config.namespace}-{manifest['metadata']['name']}"
            KubernetesObject(name, manifest, parent=self, after=needs, wait=wait)
        self.register_outputs({})
