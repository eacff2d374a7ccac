"""How is a sample deployed?"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from fairlead_mesh.images import with_digests
from fairlead_mesh.samples.sample import Sample
from fairlead_mesh.samples.samples import sample_objects

from .kubernetes_object import KubernetesObject
from .owner import named
from .site import Site


class SampleApp(pulumi.ComponentResource):
    """The Deployments and Services of a small application, created once istiod can give its pods their sidecars."""

    def __init__(
        self,
        config: Sample,
        *,
        site: Site,
        after: Sequence[pulumi.Resource],
    ):
        super().__init__("fairlead:components:SampleApp", named(f"{config.name}-{config.namespace}"), {}, site.opts)
        needs = [*after, *site.namespace(config.namespace)]
        # The Deployments are waited for; a Service would only add the ten seconds in which its endpoints settle.
        for each in sample_objects(config):
            manifest = with_digests(each) if site.image_digests else each
            name = f"{config.namespace}/{manifest['metadata']['name']}"
            KubernetesObject(name, manifest, parent=self, after=needs, wait=site.wait and manifest["kind"] != "Service")
        self.register_outputs({})
