"""How is Prometheus installed?"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from components.helm_release import helm_release
from components.site import Site
from mesh import addons as section
from mesh.charts import addon_chart
from mesh.prometheus import prometheus_values
from mesh.versions import PROMETHEUS


class Prometheus(pulumi.ComponentResource):
    """One Prometheus server that scrapes the mesh, behind the Service `prometheus`; nothing where one exists."""

    def __init__(
        self,
        config: section.Prometheus,
        *,
        site: Site,
        after: Sequence[pulumi.Resource],
    ):
        super().__init__("fairlead:components:Prometheus", "prometheus", {}, site.opts)
        if config.installed:
            helm_release(
                "prometheus",
                addon_chart(PROMETHEUS, config.version),
                namespace=config.namespace,
                values=prometheus_values(config),
                parent=self,
                after=[*site.namespace(config.namespace), *after],
                wait=site.wait,
            )
        self.register_outputs({"url": section.cluster_url(config)})
