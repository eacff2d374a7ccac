"""How is Istio's control plane installed?"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from components.helm_release import helm_release
from components.kubernetes_object import KubernetesObject
from components.site import Site
from mesh.addons.addons import AddonSections
from mesh.charts import istio_chart
from mesh.images import istio_digest_values
from mesh.istio import Istio, base_values, istiod_values, peer_authentication
from mesh.namespaces import Namespace


class ControlPlane(pulumi.ComponentResource):
    """Istio's CRDs (chart base), istiod, mTLS of the mesh and of its namespaces, and telemetry."""

    def __init__(
        self,
        config: Istio,
        *,
        site: Site,
        namespaces: Sequence[Namespace],
        addons: AddonSections,
    ):
        super().__init__("fairlead:components:ControlPlane", "control-plane", {}, site.opts)
        self.base = helm_release(
            "istio-base",
            istio_chart(config, "base"),
            namespace=config.namespace,
            values=base_values(config),
            parent=self,
            after=[*site.namespace(config.namespace)],
            wait=site.wait,
            timeout=site.timeouts.release_seconds,
        )
        self.istiod = helm_release(
            "istiod",
            istio_chart(config, "istiod"),
            namespace=config.namespace,
            values=istiod_values(
                config,
                extension_providers=addons.extension_providers,
                images=istio_digest_values(config) if site.image_digests else {},
            ),
            parent=self,
            after=[self.base],
            wait=site.wait,
            timeout=site.timeouts.release_seconds,
        )
        if config.mtls:
            rule = peer_authentication(config.namespace, config.mtls)
            KubernetesObject("mesh-mtls", rule, parent=self, after=[self.istiod])
        for namespace in namespaces:
            if namespace.mtls:
                rule = peer_authentication(namespace.name, namespace.mtls)
                after = [self.istiod, *site.namespace(namespace.name)]
                KubernetesObject(f"{namespace.name}-mtls", rule, parent=self, after=after)
        for addon in addons.named:
            for name, manifest in addon.mesh_objects(config.namespace).items():
                KubernetesObject(name, manifest, parent=self, after=[self.istiod])
        self.register_outputs({})
