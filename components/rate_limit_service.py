"""How is the service installed that counts requests for all proxies?"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from fairlead_mesh.images import with_digests
from fairlead_mesh.keys.section import Manifest

from .kubernetes_object import KubernetesObject
from .owner import named
from .site import Site


class RateLimitService(pulumi.ComponentResource):
    """Envoy's rate limit service and its Redis, created once istiod can give their pods their sidecars; `ready` is what
    those wait for who ask it. Of a service that exists, its limits alone."""

    def __init__(
        self,
        manifests: Sequence[Manifest],
        *,
        site: Site,
        after: Sequence[pulumi.Resource],
    ):
        super().__init__("fairlead:components:RateLimitService", named("rate-limit"), {}, site.opts)
        self.ready: list[pulumi.Resource] = []
        for each in manifests:
            metadata = each["metadata"]
            manifest = with_digests(each) if site.image_digests else each
            needs = [*after, *site.namespace(metadata["namespace"])]
            # Who may call is said, and the file is there, before a pod is.
            needs += self.ready if each["kind"] == "Deployment" else []
            wait = site.wait and each["kind"] != "Service"
            name = f"{metadata['namespace']}/{metadata['name']}-{each['kind'].lower()}"
            self.ready.append(KubernetesObject(name, manifest, parent=self, after=needs, wait=wait))
        self.register_outputs({})
