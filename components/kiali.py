"""How is Kiali installed?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from components.helm_release import helm_release
from components.kubernetes_object import KubernetesObject
from components.site import Site
from mesh import addons as section
from mesh.charts import addon_chart
from mesh.istio import Istio
from mesh.kiali import SIGNING_SECRET, kiali_values, signing_secret
from mesh.tracing import query_url
from mesh.versions import KIALI


class Kiali(pulumi.ComponentResource):
    """Kiali, which knows the other addons of this stack, and the Secret of its signing key where the stack has one;
    nothing where a Kiali exists."""

    def __init__(
        self,
        config: section.Kiali,
        *,
        site: Site,
        addons: section.Addons,
        istio: Istio,
        secrets: Mapping[str, pulumi.Output[str]],
        after: Sequence[pulumi.Resource],
    ):
        super().__init__("fairlead:components:Kiali", "kiali", {}, site.opts)
        if config.installed:
            signing_key = secrets.get("kialiSigningKey")
            needs = [*site.namespace(config.namespace), *after]
            if signing_key is not None:
                manifest = signing_secret(config.namespace, signing_key)
                needs.append(KubernetesObject("kiali-signing-key", manifest, parent=self, after=needs))
            tracing = addons.tracing
            values = kiali_values(
                config,
                istio_namespace=istio.namespace,
                prometheus_url=section.cluster_url(addons.prometheus) if addons.prometheus else None,
                grafana_url=section.cluster_url(addons.grafana) if addons.grafana else None,
                tracing_url=query_url(tracing) if tracing else None,
                tracing_provider=tracing.provider if tracing else None,
                signing_secret=SIGNING_SECRET if signing_key is not None else None,
            )
            helm_release(
                "kiali",
                addon_chart(KIALI, config.version),
                namespace=config.namespace,
                values=values,
                parent=self,
                after=needs,
                wait=site.wait,
            )
        self.register_outputs({"url": section.cluster_url(config)})
