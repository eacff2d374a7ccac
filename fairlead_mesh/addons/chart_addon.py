"""What does an addon that comes as a Helm chart say besides? Its chart and volume, and what the chart brings."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.addons.product import NO_SIDECAR
from fairlead_mesh.charts import ChartReference, addon_chart
from fairlead_mesh.keys.scalars import DnsLabel, ExactVersion, Quantity, Resources
from fairlead_mesh.keys.section import Manifest, Section, Values, given


class ChartAddon(Addon):
    """An addon that comes as a Helm chart."""

    version: ExactVersion | None = None
    """Version of the chart; defaults to the one in fairlead_mesh/versions.py."""
    resources: Resources = Field(default_factory=Resources)
    """Requests and limits of its container, as in Kubernetes; default to the chart's."""
    values: dict[str, Any] = Field(default_factory=dict)
    """Chart values, merged last."""

    @property
    def chart(self) -> ChartReference | None:
        chart = self.product.chart
        return addon_chart(chart, self.version) if chart and self.installed else None

    @property
    def more_ports(self) -> list[dict[str, Any]]:
        """Ports of the Service beside the one that people open."""
        return []

    def brought(self) -> list[Manifest]:
        at = self.product.endpoint
        name = at.service if at else self.product.name
        metadata = {"name": name, "namespace": self.namespace}
        template: Manifest = {"metadata": {"labels": self.pod_labels | NO_SIDECAR}, "spec": {}}
        kind = "DaemonSet" if self.on_nodes else "Deployment"
        pods: Manifest = {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata}
        pods["spec"] = {"template": template}
        ports = [*([{"name": "http", "port": at.port, "protocol": "TCP"}] if at else []), *self.more_ports]
        if not ports:
            return [pods]
        spec = given(type=self.service_type, selector=self.pod_labels, ports=ports)
        return [pods, {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}]


class Persistence(Section):
    """A volume that outlives pods. Kubernetes deletes it with the claim, which is the release's."""

    size: Quantity
    """Its size, such as 20Gi."""
    storage_class: DnsLabel | None = None
    """Its StorageClass; defaults to that of the cluster."""

    def values(self, class_key: str = "storageClass") -> Values:
        """As charts have it."""
        return given(enabled=True, size=self.size, **{class_key: self.storage_class})


def claimed(persistence: Persistence | None, class_key: str = "storageClass") -> Values:
    """As charts of StatefulSets have it, whose claims would else stay when the release is deleted."""
    kept = {"enableStatefulSetAutoDeletePVC": True}
    return {**persistence.values(class_key), **kept} if persistence else {"enabled": False}
