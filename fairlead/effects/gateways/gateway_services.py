"""Which gateways does a side have? The pods of each gateway release and the Service before them, with their defaults.

What a release leaves out is as the chart `gateway` has it, one to five pods among it (Istio:
manifests/charts/gateway/values.yaml).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fairlead.comparison.comparison import Side
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.model.pods.gateway_chart import GATEWAY_CHART, GatewayChart
from fairlead_mesh.model.pods.workloads import AUTOSCALER, Bounds, bounds

AWS = "service.beta.kubernetes.io/aws-load-balancer-"
_INTERNAL = (
    f"{AWS}internal",
    "networking.gke.io/load-balancer-type",
    "cloud.google.com/load-balancer-type",
    "service.beta.kubernetes.io/azure-load-balancer-internal",
)
_NLB = ("external", "nlb", "nlb-ip")
_NLB_CLASSES = ("service.k8s.aws/nlb", "eks.amazonaws.com/nlb")
_REACHED = ("LoadBalancer", "NodePort")
_SPREAD = (1, 5)


@dataclass(frozen=True)
class GatewayService:
    """A gateway: its `service` as a Service's spec and metadata would say it, and the `chart` of its release, if any.

    `name` is how a person calls it. `brought`: another chart holds it, so that it may be there and only not be known.
    """

    key: str
    name: str
    annotations: Mapping[str, str]
    service: Mapping[str, Any]
    chart: GatewayChart | None
    brought: bool = False
    scaled: Bounds | None = None
    """What an autoscaler beside the chart says of its pods."""

    @property
    def values(self) -> Mapping[str, Any] | None:
        return self.chart.values if self.chart else None

    @property
    def type(self) -> str:
        return str(self.service.get("type") or "ClusterIP")

    @property
    def exposure(self) -> str:
        """Who reaches it: `internet-facing` or `internal`, or nothing where only the cloud's default says so."""
        if (scheme := self.annotations.get(f"{AWS}scheme")) or not self.has_balancer:
            return scheme or ""
        said = {key: self.annotations[key] for key in _INTERNAL if key in self.annotations}
        return ("internal" if any(_says_yes(value) for value in said.values()) else "internet-facing") if said else ""

    @property
    def kind(self) -> str:
        """What stands before its pods: `NLB`, `load balancer`, `NodePort` or `ClusterIP`."""
        if not self.has_balancer:
            return self.type
        nlb = self.annotations.get(f"{AWS}type") in _NLB or self.service.get("loadBalancerClass") in _NLB_CLASSES
        return "NLB" if nlb else "load balancer"

    @property
    def in_words(self) -> str:
        """`internet-facing NLB`."""
        return f"{self.exposure} {self.kind}".strip()

    @property
    def has_balancer(self) -> bool:
        return self.type == "LoadBalancer"

    @cached_property
    def ports(self) -> dict[str, str]:
        """Name or number of each port, and what it leads to."""
        ports = as_maps(self.service.get("ports"))
        return {str(port["port"]): str(port.get("targetPort") or port["port"]) for port in ports if "port" in port}

    def is_selected(self, selector: object) -> bool:
        """Whether an Istio Gateway with this selector is about its pods."""
        return self.chart is not None and self.chart.is_selected(selector)

    @property
    def pods(self) -> tuple[int, int]:
        """The least and the most of them."""
        if self.scaled:
            return self.scaled
        values = self.values or {}
        scaling = as_map(values.get("autoscaling"))
        if scaling.get("enabled", True) in (True, "true"):
            return _number(scaling.get("minReplicas"), _SPREAD[0]), _number(scaling.get("maxReplicas"), _SPREAD[1])
        count = _number(values.get("replicaCount"), 1)
        return count, count


def gateways(side: Side) -> dict[str, GatewayService]:
    """`namespace/name` -> every gateway release, and every other Service that is reached from outside."""
    found: dict[str, GatewayService] = {}
    scaled = bounds(side.graph.all_of_kind(AUTOSCALER))
    for key, release in sorted(side.releases.items()):
        values: Any = release.inputs.get("values") or {}
        # With a secret among them, values are nothing but `[secret]`: nothing can be said of such a gateway.
        if release.chart == GATEWAY_CHART and isinstance(values, dict):
            namespace, _, name = key.partition("/")
            chart = GatewayChart(name, namespace, as_map(values))
            pods = scaled.get(("Deployment", namespace, chart.name))
            found[key] = GatewayService(key, f"gateway {name}", chart.annotations, chart.service, chart, scaled=pods)
    of_charts = {f"{each.chart.namespace}/{each.chart.name}" for each in found.values() if each.chart}
    for (namespace, name), item in sorted(side.graph.services.items()):
        key = f"{namespace}/{name}"
        if key not in of_charts and key not in side.releases and item.spec.get("type") in _REACHED:
            found[key] = _of_service(key, item)
    return found


def _of_service(key: str, item: Item) -> GatewayService:
    annotations = {str(name): str(value) for name, value in item.annotations.items()}
    return GatewayService(key, f"Service {key}", annotations, item.spec, None, item.brought)


def _says_yes(value: str) -> bool:
    return value.lower() not in ("false", "external", "")


def _number(value: Any, default: int) -> int:
    return value if isinstance(value, int) else int(value) if isinstance(value, str) and value.isdigit() else default
