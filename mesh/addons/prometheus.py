"""What is Prometheus in a mesh? Its section, and the values that make its chart collect the metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mesh.addons.addon import NO_SIDECAR
from mesh.addons.chart_addon import ChartAddon
from mesh.addons.product import Endpoint, Product, Reading, value_at, word_at
from mesh.scalars import Count
from mesh.section import Values, merged
from mesh.versions import PROMETHEUS

if TYPE_CHECKING:
    from mesh.addons.surroundings import Surroundings


def _read(values: Values) -> Reading:
    return Reading(
        service_type=word_at(values, "server", "service", "type"),
        retention=word_at(values, "server", "retention"),
        in_memory=value_at(values, "server", "persistentVolume", "enabled") is False,
    )


_PRODUCT = Product(
    "Prometheus",
    PROMETHEUS.name,
    chart=PROMETHEUS,
    endpoint=Endpoint("prometheus", 9090, 9090),
    keeps="metrics history",
    read=_read,
)


class Prometheus(ChartAddon):
    """Metrics of the mesh, on port 9090; the chart is prometheus-community's."""

    products = (_PRODUCT,)

    retention_days: Count = 15
    """How long samples are kept."""

    def chart_values(self, around: Surroundings) -> Values:  # noqa: ARG002 - it scrapes, and asks no other addon
        """One server behind the Service `prometheus`, port 9090, that keeps its samples as long as its pod lives.

        The chart's own job for annotated pods finds every proxy: injection writes `prometheus.io/scrape`, `port`
        (15020) and `path`, and there the agent answers with Envoy's and the app's metrics in one. Port 15020 is the
        agent's and stays plain HTTP where mTLS is STRICT, so the server needs neither sidecar nor certificate. An app's
        own port, scraped directly because its pod opts out of that merging, is refused under STRICT.
        """
        own: Values = {
            "alertmanager": {"enabled": False},
            "kube-state-metrics": {"enabled": False},
            "prometheus-node-exporter": {"enabled": False},
            "prometheus-pushgateway": {"enabled": False},
            "server": {
                "fullnameOverride": "prometheus",
                "global": {"scrape_interval": "15s"},
                "persistentVolume": {"enabled": False},
                "podLabels": NO_SIDECAR,
                # The chart waits half a minute before it asks for the first time; the server answers within seconds.
                "readinessProbeInitialDelay": 0,
                "retention": f"{self.retention_days}d",
                "service": {"servicePort": 9090, "type": self.service_type},
            },
        }
        return merged(own, self.values)
