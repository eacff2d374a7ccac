"""What is Loki in a mesh? Its section, and the values that make its chart one pod that keeps the logs of proxies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairlead_mesh.addons.chart_addon import ChartAddon, Persistence, claimed
from fairlead_mesh.addons.product import (
    NO_SIDECAR,
    Product,
    Reading,
    has_sidecar,
    opened_by,
    scraped,
    value_at,
    word_at,
)
from fairlead_mesh.keys.scalars import Count
from fairlead_mesh.keys.section import Values, given, merged
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.versions import LOKI

if TYPE_CHECKING:
    from fairlead_mesh.addons.surroundings import Surroundings

_PORT = 3100
# The index that Loki has recommended since 3.0; a store that exists keeps the day from which on it is used.
_SCHEMA = {
    "from": "2024-04-01",
    "store": "tsdb",
    "object_store": "filesystem",
    "schema": "v13",
    "index": {"prefix": "index_", "period": "24h"},
}


def _read(values: Values) -> Reading:
    server = as_map(values.get("singleBinary"))
    return Reading(
        opened_by=opened_by(server.get("service"), values.get("ingress"), as_map(values.get("gateway")).get("ingress")),
        anonymous=value_at(values, "loki", "auth_enabled") is False,
        proxied=has_sidecar(server.get("podLabels")),
        retention=word_at(values, "loki", "limits_config", "retention_period"),
        in_memory=value_at(values, "singleBinary", "persistence", "enabled") is False,
    )


class Loki(ChartAddon):
    """Logs of the mesh, which Fluent Bit sends and Grafana shows; the chart is grafana-community's."""

    products = (Product("Loki", LOKI.name, chart=LOKI, keeps="logs", read=_read),)

    retention_days: Count = 7
    """How long logs are kept, in days."""
    persistence: Persistence | None = None
    """Volume that logs are on, such as {size: 20Gi}; by default they are lost with its pod."""

    @property
    def cluster_url(self) -> str:
        return self.url or f"http://loki.{self.namespace}:{_PORT}"

    @property
    def more_ports(self) -> list[dict[str, Any]]:
        return [{"name": "http-metrics", "port": _PORT, "protocol": "TCP"}]

    def chart_values(self, around: Surroundings) -> Values:  # noqa: ARG002 - others come to it
        """One pod behind the Service `loki`, port 3100, that keeps logs on its own file system.

        The chart's caches, its proxy and the pod that tries it out are for stores of many pods.
        """
        off = {"enabled": False}
        own: Values = {
            "fullnameOverride": "loki",
            "deploymentMode": "Monolithic",
            "singleBinary": {
                "replicas": 1,
                "podLabels": NO_SIDECAR,
                "podAnnotations": scraped(_PORT),
                "persistence": claimed(self.persistence),
                "service": {"type": self.service_type},
                **given(resources=self.resources),
            },
            "loki": {
                "auth_enabled": False,
                "analytics": {"reporting_enabled": False},
                "commonConfig": {"replication_factor": 1},
                "compactor": {"retention_enabled": True, "delete_request_store": "filesystem"},
                "limits_config": {"retention_period": f"{self.retention_days * 24}h"},
                "schemaConfig": {"configs": [_SCHEMA]},
                "storage": {"type": "filesystem"},
            },
            **{others: {"replicas": 0} for others in ("backend", "read", "write")},
            **dict.fromkeys(("chunksCache", "gateway", "lokiCanary", "resultsCache", "test"), off),
            # It would read config maps of every namespace; nothing else of Loki asks the Kubernetes API.
            "sidecar": {"rules": off},
            "rbac": {"namespaced": True},
            "serviceAccount": {"automountServiceAccountToken": False},
        }
        return merged(own, self.values)
