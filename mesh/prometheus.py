"""Which values make the prometheus chart collect the metrics of the mesh?"""

from __future__ import annotations

from mesh.addons import Prometheus, endpoint
from mesh.section import Values, merged

_NO_SIDECAR = {"sidecar.istio.io/inject": "false"}


def prometheus_values(prometheus: Prometheus) -> Values:
    """One server behind the Service `prometheus`, port 9090, that keeps its samples as long as its pod lives.

    The chart's own job for annotated pods finds every proxy: injection writes `prometheus.io/scrape`, `port` (15020)
    and `path`, and there the agent answers with Envoy's and the app's metrics in one. Port 15020 is the agent's and
    stays plain HTTP where mTLS is STRICT, so the server needs neither sidecar nor certificate. An app's own port,
    scraped directly because its pod opts out of that merging, is refused under STRICT.
    """
    at = endpoint(prometheus)
    own: Values = {
        "alertmanager": {"enabled": False},
        "kube-state-metrics": {"enabled": False},
        "prometheus-node-exporter": {"enabled": False},
        "prometheus-pushgateway": {"enabled": False},
        "server": {
            "fullnameOverride": at.service,
            "global": {"scrape_interval": "15s"},
            "persistentVolume": {"enabled": False},
            "podLabels": _NO_SIDECAR,
            # The chart waits half a minute before it asks for the first time; the server answers within seconds.
            "readinessProbeInitialDelay": 0,
            "retention": f"{prometheus.retention_days}d",
            "service": {"servicePort": at.port, "type": prometheus.service_type},
        },
    }
    return merged(own, prometheus.values)
