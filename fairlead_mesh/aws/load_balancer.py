"""Which load balancer is in front of a gateway, and who may connect? Its part of the gateway's section."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import CertificateArn, Cidr, Duration, LabelKey, NonEmpty, PrefixListId
from fairlead_mesh.keys.section import Section

PortName = Annotated[
    str, Form(r"[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?", "write a port's name: lower-case letters, digits, '-', at most 15")
]


class AllowFrom(Section):
    """Who may connect to the load balancer."""

    cidrs: list[Cidr] = Field(default_factory=list)
    """Networks (CIDR blocks)."""
    prefix_lists: list[PrefixListId] = Field(default_factory=list)
    """AWS managed prefix lists."""


class LoadBalancerTls(Section):
    """TLS that the load balancer terminates with ACM certificates."""

    certificates: list[CertificateArn] = Field(min_length=1)
    """ARNs; the first is the default."""
    ports: list[PortName] = Field(min_length=1)
    """Names of the gateway's ports that use TLS; the status port never does."""
    policy: NonEmpty | None = None
    """TLS security policy, such as ELBSecurityPolicy-TLS13-1-2-2021-06."""


class LoadBalancer(Section):
    """The load balancer in front of a gateway."""

    cross_zone: bool = True
    """Cross-zone load balancing: whether each zone's address reaches the pods of every zone."""
    drain: Duration | None = None
    """How long a terminating pod keeps answering: the deregistration delay, the pod's preStop and its grace period
    follow it. Defaults to 3m on EKS, since an NLB sends new connections for about two minutes after a pod is
    deregistered; elsewhere to Istio's own 5s. Applies to the gateway's pods whatever is in front of them."""
    allow_from: AllowFrom | None = None
    """Who may connect; defaults to everyone, for an internal load balancer to everyone in the VPC."""
    tls: LoadBalancerTls | None = None
    """TLS at the load balancer."""
    annotations: dict[LabelKey, str] = Field(default_factory=dict[str, str])
    """More annotations of the Service."""
