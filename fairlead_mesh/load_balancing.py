"""What makes the load balancers of an EKS cluster, and does the cluster agree with the stack file?

Sources: EKS user guide, automode/auto-configure-nlb and automode/migrate-auto; AWS Load Balancer Controller,
webhooks/core/service_mutator.go, docs/deploy/pod_readiness_gate.md. The readiness gate of Auto Mode stands on no page
of AWS yet (aws/containers-roadmap#2511): its webhook selects namespaces by the label here, and a label that nobody
reads does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from fairlead_mesh.findings import Finding

Maker = Literal["controller", "autoMode"]
MakerChoice = Literal["controller", "autoMode", "auto"]
IpFamily = Literal["ipv4", "ipv6"]

CLASSES: dict[Maker, str] = {"controller": "service.k8s.aws/nlb", "autoMode": "eks.amazonaws.com/nlb"}
"""The `loadBalancerClass` of a Service whose load balancer it makes; Kubernetes lets nobody change it."""
GATE_LABELS: dict[Maker, str] = {
    "controller": "elbv2.k8s.aws/pod-readiness-gate-inject",
    "autoMode": "eks.amazonaws.com/pod-readiness-gate-inject",
}
"""The label of a namespace whose pods are ready only when the load balancer finds them healthy."""


@dataclass(frozen=True)
class Balancing:
    """How Services of type LoadBalancer are served on EKS; `maker` is None where only the cluster knows it (`auto`)."""

    maker: Maker | None = "controller"
    ipv6: bool = False

    @property
    def may_be_controller(self) -> bool:
        return self.maker in (None, "controller")

    @property
    def may_be_auto_mode(self) -> bool:
        return self.maker in (None, "autoMode")

    @property
    def gate_labels(self) -> dict[str, str]:
        """Where the maker is not known both: each reads its own."""
        return {label: "enabled" for maker, label in GATE_LABELS.items() if self.maker in (None, maker)}


@dataclass(frozen=True)
class Described:
    """What EKS says of a cluster: its address family, and whether Auto Mode makes load balancers there."""

    ip_family: str
    auto_mode: bool

    def settled(self, balancing: Balancing) -> Balancing:
        """The balancing with `auto` decided."""
        return replace(balancing, maker=balancing.maker or ("autoMode" if self.auto_mode else "controller"))

    def disagreements(self, balancing: Balancing) -> Iterator[Finding]:
        """Where the stack file says another thing of the cluster than EKS does."""
        said = "ipv6" if balancing.ipv6 else "ipv4"
        if said != self.ip_family:
            message = f"EKS says that the cluster is {self.ip_family}: load balancers and rules would miss its pods"
            path = ("cluster", "eks", "ipFamily")
            yield Finding("cluster_is_as_described", path, said, message, remedy=f"write ipFamily: {self.ip_family}")
        if balancing.maker == "autoMode" and not self.auto_mode:
            message = "EKS says that Auto Mode makes no load balancers there: the gateways' would stay pending"
            path = ("cluster", "eks", "loadBalancer")
            remedy = "write loadBalancer: controller, or turn Auto Mode's load balancing on"
            yield Finding("cluster_is_as_described", path, "autoMode", message, remedy=remedy)
