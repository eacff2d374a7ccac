"""What is Prometheus in a mesh? Its section, and the values that make its chart collect the metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.addons.chart_addon import ChartAddon
from fairlead_mesh.addons.product import (
    METRICS,
    NO_SIDECAR,
    Endpoint,
    Product,
    Reading,
    has_sidecar,
    opened_by,
    value_at,
    word_at,
)
from fairlead_mesh.keys.scalars import Count
from fairlead_mesh.keys.section import Values, merged
from fairlead_mesh.model.yaml_values import as_list, as_map
from fairlead_mesh.versions import PROMETHEUS

if TYPE_CHECKING:
    from fairlead_mesh.addons.surroundings import Surroundings


_DANGEROUS = {"web.enable-lifecycle": "stop it", "web.enable-admin-api": "delete its metrics"}


def _read(values: Values) -> Reading:
    server = as_map(values.get("server"))
    return Reading(
        opened_by=opened_by(server.get("service"), server.get("ingress"), *as_map(server.get("route")).values()),
        anonymous=True,
        visitors_can=tuple(power for flag, power in _DANGEROUS.items() if flag in as_list(server.get("extraFlags"))),
        proxied=has_sidecar(server.get("podLabels")),
        retention=word_at(values, "server", "retention"),
        in_memory=value_at(values, "server", "persistentVolume", "enabled") is False,
    )


_PRODUCT = Product(
    "Prometheus",
    PROMETHEUS.name,
    chart=PROMETHEUS,
    endpoint=Endpoint("prometheus", 9090, 9090),
    keeps=METRICS,
    read=_read,
)


class Prometheus(ChartAddon):
    """Metrics of the mesh, on port 9090; the chart is prometheus-community's."""

    products = (_PRODUCT,)
    shows_traffic: ClassVar[bool] = True

    retention_days: Count = 15
    """How long metrics are kept, in days."""

    def calls(self, other: Addon) -> bool:  # noqa: ARG002 - it scrapes whatever announces metrics
        return True

    def chart_values(self, around: Surroundings) -> Values:  # noqa: ARG002 - it scrapes, and asks no other addon
        """One server behind the Service `prometheus`, port 9090, that keeps its samples as long as its pod lives.

        The chart's own job for annotated pods finds every proxy: injection writes `prometheus.io/scrape`, `port`
        (15020) and `path`, and there the agent answers with Envoy's and the app's metrics in one. Port 15020 is the
        agent's and stays plain HTTP where mTLS is STRICT, so the server needs neither sidecar nor certificate. An app's
        own port, scraped directly because its pod opts out of that merging, is refused under STRICT.
        """
        own: Values = {
            "alertmanager": {"enabled": False},
            "configmapReload": {"prometheus": {"enabled": False}},
            "kube-state-metrics": {"enabled": False},
            "prometheus-node-exporter": {"enabled": False},
            "prometheus-pushgateway": {"enabled": False},
            "server": {
                "fullnameOverride": "prometheus",
                "global": {"scrape_interval": "15s"},
                "persistentVolume": {"enabled": False},
                "podLabels": NO_SIDECAR,
                # It reads a changed configuration by itself. The chart's way is a container that asks for it by an HTTP
                # API that would also let anybody stop the server.
                "extraFlags": ["enable-feature=auto-reload-config"],
                # The chart waits half a minute before it asks for the first time; the server answers within seconds.
                "readinessProbeInitialDelay": 0,
                "retention": f"{self.retention_days}d",
                "service": {"servicePort": 9090, "type": self.service_type},
            },
        }
        return merged(own, self.values)
