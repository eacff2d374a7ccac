"""How is tracing installed?"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from components.kubernetes_object import KubernetesObject
from components.site import Site
from mesh import addons as section
from mesh.tracing import tracing_objects


class Tracing(pulumi.ComponentResource):
    """Jaeger or Zipkin with its Services; nothing where one exists. The control plane sends it the traces."""

    def __init__(
        self,
        config: section.Tracing,
        *,
        site: Site,
        after: Sequence[pulumi.Resource],
    ):
        super().__init__("fairlead:components:Tracing", "tracing", {}, site.opts)
        needs = [*site.namespace(config.namespace), *after] if config.installed else []
        # The Deployment is waited for; a Service would only add the ten seconds in which its endpoints settle.
        for manifest in tracing_objects(config):
            name = f"{manifest['metadata']['name']}-{manifest['kind'].lower()}"
            KubernetesObject(name, manifest, parent=self, after=needs, wait=site.wait and manifest["kind"] != "Service")
        self.register_outputs({"url": section.cluster_url(config)})
