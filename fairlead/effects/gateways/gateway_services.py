"""Which gateways does a side have? The pods of each gateway release and the Service before them, with their defaults.

What a release leaves out is as the chart `gateway` has it: a LoadBalancer with ports 15021, 80 and 443, one to five
pods, labels `app` and `istio` (Istio: manifests/charts/gateway/values.yaml).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from fairlead.comparison.comparison import Side
from mesh.model.item import Item
from mesh.model.yaml_values import as_map

_PORTS = [{"name": "status-port", "port": 15021}, {"name": "http2", "port": 80}, {"name": "https", "port": 443}]
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
_DEFAULTS = "defaults"
"""Where the chart looks for the user's values too."""


@dataclass(frozen=True)
class GatewayService:
    """A gateway: its `service` as a Service's spec and metadata would say it, and the `values` of its release, if any.

    `name` is how a person calls it. `brought`: another chart holds it, so that it may be there and only not be known.
    """

    key: str
    name: str
    annotations: Mapping[str, str]
    service: Mapping[str, Any]
    values: Mapping[str, Any] | None
    brought: bool = False

    @property
    def type(self) -> str:
        return str(self.service.get("type") or ("ClusterIP" if self.values is None else "LoadBalancer"))

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
        listed: Any = self.service.get("ports")
        given = cast("list[Any]", listed) if isinstance(listed, list) else _PORTS if self.values is not None else []
        ports = [as_map(each) for each in given]
        return {str(port["port"]): str(port.get("targetPort") or port["port"]) for port in ports if "port" in port}

    @property
    def labels(self) -> dict[str, str]:
        """What its pods carry."""
        labels = as_map((self.values or {}).get("labels"))
        name = self.key.partition("/")[2]
        return {"app": name, "istio": name.removeprefix("istio-")} | {key: str(value) for key, value in labels.items()}

    def is_selected(self, selector: object) -> bool:
        """Whether an Istio Gateway with this selector is about its pods."""
        if self.values is None or not isinstance(selector, dict):
            return False
        asked = cast("dict[str, Any]", selector)
        return bool(asked) and asked.items() <= self.labels.items()

    @property
    def pods(self) -> tuple[int, int]:
        """The least and the most of them."""
        values = self.values or {}
        scaling = as_map(values.get("autoscaling"))
        if scaling.get("enabled", True) in (True, "true"):
            return _number(scaling.get("minReplicas"), _SPREAD[0]), _number(scaling.get("maxReplicas"), _SPREAD[1])
        count = _number(values.get("replicaCount"), 1)
        return count, count


def gateways(side: Side) -> dict[str, GatewayService]:
    """`namespace/name` -> every gateway release, and every other Service that is reached from outside."""
    found: dict[str, GatewayService] = {}
    for key, release in sorted(side.releases.items()):
        if release.chart == "gateway":
            said: Any = release.inputs.get("values") or {}
            values = as_map(said)
            # With a secret among them, values are nothing but `[secret]`: nothing can be said of such a gateway.
            if isinstance(said, dict):
                found[key] = _of_release(key, as_map(values.get(_DEFAULTS)) | values)
    for (namespace, name), item in sorted(side.graph.services.items()):
        key = f"{namespace}/{name}"
        if key not in found and key not in side.releases and item.spec.get("type") in _REACHED:
            found[key] = _of_service(key, item)
    return found


def _of_release(key: str, values: Mapping[str, Any]) -> GatewayService:
    service = as_map(values.get("service"))
    annotations = {str(name): str(value) for name, value in as_map(service.get("annotations")).items()}
    return GatewayService(key, f"gateway {key.partition('/')[2]}", annotations, service, values)


def _of_service(key: str, item: Item) -> GatewayService:
    annotations = {str(name): str(value) for name, value in item.annotations.items()}
    return GatewayService(key, f"Service {key}", annotations, item.spec, None, item.brought)


def _says_yes(value: str) -> bool:
    return value.lower() not in ("false", "external", "")


def _number(value: Any, default: int) -> int:
    return value if isinstance(value, int) else int(value) if isinstance(value, str) and value.isdigit() else default
