"""How is Istio's control plane installed?"""

from __future__ import annotations

import pulumi

from components.helm_release import helm_release
from components.kubernetes_object import KubernetesObject
from components.site import Site
from mesh.addons import Tracing
from mesh.charts import istio_chart
from mesh.istio import Istio, base_values, istiod_values, peer_authentication
from mesh.tracing import extension_provider, telemetry


class ControlPlane(pulumi.ComponentResource):
    """Istio's CRDs (chart base), istiod, and what holds for the whole mesh: mTLS and telemetry."""

    def __init__(
        self,
        config: Istio,
        *,
        site: Site,
        tracing: Tracing | None,
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
        )
        self.istiod = helm_release(
            "istiod",
            istio_chart(config, "istiod"),
            namespace=config.namespace,
            values=istiod_values(config, extension_providers=[extension_provider(tracing)] if tracing else []),
            parent=self,
            after=[self.base],
            wait=site.wait,
        )
        if config.mtls:
            rule = peer_authentication(config.namespace, config.mtls)
            KubernetesObject("mesh-mtls", rule, parent=self, after=[self.istiod])
        if tracing:
            traces = telemetry(tracing, config.namespace)
            KubernetesObject("mesh-tracing", traces, parent=self, after=[self.istiod])
        self.register_outputs({})
