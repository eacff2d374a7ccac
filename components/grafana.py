"""How is Grafana installed?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from components.helm_release import helm_release
from components.kubernetes_object import KubernetesObject
from components.site import Site
from mesh import addons as section
from mesh.charts import addon_chart
from mesh.grafana import ADMIN_SECRET, admin_secret, grafana_values
from mesh.versions import GRAFANA


class Grafana(pulumi.ComponentResource):
    """Grafana with Istio's dashboards, and the Secret of its admin account where the stack has a password for one;
    nothing where a Grafana exists."""

    def __init__(
        self,
        config: section.Grafana,
        *,
        site: Site,
        prometheus: section.Prometheus | None,
        secrets: Mapping[str, pulumi.Output[str]],
        after: Sequence[pulumi.Resource],
    ):
        super().__init__("fairlead:components:Grafana", "grafana", {}, site.opts)
        if config.installed:
            admin_password = secrets.get("grafanaAdminPassword")
            needs = [*site.namespace(config.namespace), *after]
            if admin_password is not None:
                manifest = admin_secret(config.namespace, admin_password)
                needs.append(KubernetesObject("grafana-admin", manifest, parent=self, after=needs))
            helm_release(
                "grafana",
                addon_chart(GRAFANA, config.version),
                namespace=config.namespace,
                values=grafana_values(
                    config,
                    prometheus_url=section.cluster_url(prometheus) if prometheus else None,
                    admin_secret=ADMIN_SECRET if admin_password is not None else None,
                ),
                parent=self,
                after=needs,
                wait=site.wait,
            )
        self.register_outputs({"url": section.cluster_url(config)})
