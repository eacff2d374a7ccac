"""How is an addon installed? As its file in `addons` says: who may reach it, its Secrets, chart and objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from fairlead_mesh.addons import addon as section
from fairlead_mesh.addons.surroundings import Surroundings
from fairlead_mesh.images import with_digests
from fairlead_mesh.keys.section import Manifest

from .helm_release import helm_release
from .kubernetes_object import KubernetesObject, object_name
from .owner import named
from .site import Site


class Addon(pulumi.ComponentResource):
    """An addon of the mesh: its release or its objects, and its Secrets where the stack has what they hold; nothing
    where it exists already."""

    def __init__(
        self,
        config: section.Addon,
        *,
        site: Site,
        around: Surroundings,
        secrets: Mapping[str, pulumi.Output[str]],
        after: Sequence[pulumi.Resource],
    ):
        super().__init__(f"fairlead:components:{type(config).__name__}", named(config.role), {}, site.opts)
        self._wait = site.wait
        needs = [*site.namespace(config.namespace), *after]
        shared = [self._object(manifest, needs) for manifest in config.shared_objects(around)]
        if config.installed:
            needs += [self._object(manifest, needs) for manifest in config.policies(around)]
            secret = [
                KubernetesObject(manifest["metadata"]["name"], manifest, parent=self, after=needs)
                for manifest in config.secret_objects(secrets)
            ]
            for manifest in config.objects():
                self._object(with_digests(manifest) if site.image_digests else manifest, needs)
            if config.chart:
                release = helm_release(
                    config.role,
                    config.chart,
                    namespace=config.namespace,
                    values=config.chart_values(around),
                    parent=self,
                    after=[*needs, *secret, *shared],
                    wait=site.wait,
                    timeout=site.timeouts.release_seconds,
                )
                for manifest in config.chart_objects(around):
                    self._object(manifest, [*needs, release])
        self.register_outputs({"url": config.cluster_url})

    def _object(self, manifest: Manifest, after: Sequence[pulumi.Resource]) -> pulumi.Resource:
        # Pods are waited for; a Service would only add the ten seconds in which its endpoints settle.
        return KubernetesObject(
            object_name(manifest), manifest, parent=self, after=after, wait=self._wait and manifest["kind"] != "Service"
        )
