"""How does a gateway show an addon's page? Whoever may not open it is denied before the first route leads there."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from fairlead_mesh.addons import exposed_page as section
from fairlead_mesh.keys.section import Manifest

from .kubernetes_object import KubernetesObject, object_name
from .owner import named
from .site import Site


class ExposedPage(pulumi.ComponentResource):
    """The policies of a page's host at its gateway, then its listener with TLS, its Certificate, and its routes."""

    def __init__(self, config: section.ExposedPage, *, site: Site, after: Sequence[pulumi.Resource]):
        super().__init__("fairlead:components:ExposedPage", named(config.name), {}, site.opts)
        self._site = site
        denials = [self._object(manifest, after) for manifest in config.policies()]
        for manifest in config.entrance():
            self._object(manifest, [*after, *denials])
        self.register_outputs({"url": config.addon.page_url})

    def _object(self, manifest: Manifest, after: Sequence[pulumi.Resource]) -> pulumi.Resource:
        needs = [*after, *self._site.namespace(manifest["metadata"]["namespace"])]
        return KubernetesObject(object_name(manifest), manifest, parent=self, after=needs)
