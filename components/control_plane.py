"""How is Istio's control plane installed?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi

from fairlead_mesh.addons.addons import AddonSections
from fairlead_mesh.charts import istio_chart
from fairlead_mesh.images import istio_digest_values
from fairlead_mesh.istio import Istio, base_values, istiod_values, peer_authentication
from fairlead_mesh.namespaces import Namespace
from fairlead_mesh.telemetry.mesh_objects import mesh_objects

from .helm_release import helm_release
from .kubernetes_object import KubernetesObject
from .owner import named
from .site import Site


class ControlPlane(pulumi.ComponentResource):
    """Istio's CRDs (chart base), istiod, mTLS of the mesh and of its namespaces, and telemetry; only mTLS of its
    namespaces where somebody else brings Istio."""

    def __init__(
        self,
        config: Istio,
        *,
        site: Site,
        namespaces: Sequence[Namespace],
        addons: AddonSections,
        providers: list[dict[str, Any]],
    ):
        # Never applied: where policies hold for the whole mesh is known from istiod's release otherwise.
        shared = {"shared": {"namespace": config.namespace}} if config.is_shared else {}
        super().__init__("fairlead:components:ControlPlane", named("control-plane"), shared, site.opts)
        # What has to be there before objects of Istio's kinds, and before pods with a sidecar.
        self.crds: list[pulumi.Resource] = []
        self.ready: list[pulumi.Resource] = []
        if not config.is_shared:
            self._install(config, site, addons, providers)
        for namespace in namespaces:
            if namespace.mtls:
                rule = peer_authentication(namespace.name, namespace.mtls, namespace.object_names.mtls)
                after = [*self.ready, *site.namespace(namespace.name)]
                KubernetesObject(f"{namespace.name}-mtls", rule, parent=self, after=after)
        self.register_outputs({})

    def _install(self, config: Istio, site: Site, addons: AddonSections, providers: list[dict[str, Any]]) -> None:
        base = helm_release(
            "istio-base",
            istio_chart(config, "base"),
            namespace=config.namespace,
            values=base_values(config),
            parent=self,
            after=[*site.namespace(config.namespace)],
            wait=site.wait,
            timeout=site.timeouts.release_seconds,
        )
        istiod = helm_release(
            "istiod",
            istio_chart(config, "istiod"),
            namespace=config.namespace,
            values=istiod_values(
                config,
                extension_providers=providers,
                images=istio_digest_values(config) if site.image_digests else {},
            ),
            parent=self,
            after=[base],
            wait=site.wait,
            timeout=site.timeouts.release_seconds,
        )
        self.crds, self.ready = [base], [istiod]
        if config.mtls:
            rule = peer_authentication(config.namespace, config.mtls)
            KubernetesObject("mesh-mtls", rule, parent=self, after=self.ready)
        for name, (_, manifest) in mesh_objects(config, addons).items():
            KubernetesObject(name, manifest, parent=self, after=self.ready)
