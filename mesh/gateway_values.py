"""How does a gateway's section become chart values, load balancer annotations and an Istio Gateway object?

Annotations: AWS Load Balancer Controller, guide/service/annotations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from mesh.gateways import AllowFrom, Gateway
from mesh.ports import STATUS_PORT
from mesh.scalars import seconds
from mesh.section import Manifest, Values, given, merged

_PREFIX = "service.beta.kubernetes.io/aws-load-balancer-"
_PUNCTUATION = re.compile("[/:]")
"""Of a network; a URN is divided by `::`, and a rendering's file is named after its rule."""
_SERVICE_TYPES = {
    "internet-facing": "LoadBalancer",
    "internal": "LoadBalancer",
    "nodePort": "NodePort",
    "clusterIP": "ClusterIP",
}


def has_front_group(gateway: Gateway, *, on_eks: bool) -> bool:
    """Whether a security group of this stack stands before the load balancer: it admits `allowFrom` and no one else."""
    return on_eks and gateway.has_load_balancer and gateway.load_balancer.allow_from is not None


@dataclass(frozen=True)
class FrontRule:
    """One source that the group before a load balancer admits to one port; `key` names it."""

    key: str
    port: int
    cidr: str | None = None
    prefix_list: str | None = None


def front_rules(gateway: Gateway) -> list[FrontRule]:
    """What the group before the load balancer admits: each source of `allowFrom` on each of the gateway's ports."""
    allowed = gateway.load_balancer.allow_from or AllowFrom()
    cidrs, prefix_lists = dict.fromkeys(allowed.cidrs), dict.fromkeys(allowed.prefix_lists)
    return [
        rule
        for port in gateway.ports
        for rule in (
            *(FrontRule(f"{port.port}-{_PUNCTUATION.sub('-', cidr)}", port.port, cidr=cidr) for cidr in cidrs),
            *(FrontRule(f"{port.port}-{list_}", port.port, prefix_list=list_) for list_ in prefix_lists),
        )
    ]


def aws_annotations(gateway: Gateway) -> dict[str, str]:
    """Annotations for the AWS Load Balancer Controller: an NLB with the pods themselves as targets."""
    balancer = gateway.load_balancer
    annotations = {
        "type": "external",
        "nlb-target-type": "ip",
        "scheme": gateway.exposure,
        "healthcheck-port": str(STATUS_PORT),
        "healthcheck-path": "/healthz/ready",
        "healthcheck-protocol": "http",
        "attributes": f"load_balancing.cross_zone.enabled={str(balancer.cross_zone).lower()}",
        "target-group-attributes": f"deregistration_delay.timeout_seconds={seconds(balancer.drain)}",
    }
    if balancer.tls:
        annotations["ssl-cert"] = ",".join(balancer.tls.certificates)
        annotations["ssl-ports"] = ",".join(balancer.tls.ports)
        if balancer.tls.policy:
            annotations["ssl-negotiation-policy"] = balancer.tls.policy
    return {_PREFIX + key: value for key, value in annotations.items()}


def front_group_annotations(group: Any) -> dict[str, Any]:
    """What makes the controller use a group of ours (`group` is its id) and still open the way to the pods."""
    return {_PREFIX + "security-groups": group, _PREFIX + "manage-backend-security-group-rules": "true"}


def service_values(gateway: Gateway, *, on_eks: bool, front_group: Any | None) -> Values:
    """The chart's `service`: type, ports, annotations and, off AWS, the source ranges."""
    status = {"name": "status-port", "port": STATUS_PORT, "protocol": "TCP", "targetPort": STATUS_PORT}
    ports = [
        {"name": port.label, "port": port.port, "protocol": "TCP", "targetPort": port.port} for port in gateway.ports
    ]
    balancer = gateway.load_balancer
    annotations: dict[str, Any] = {}
    if on_eks and gateway.has_load_balancer:
        annotations = aws_annotations(gateway)
    if front_group is not None:
        annotations |= front_group_annotations(front_group)
    annotations |= balancer.annotations
    allowed = balancer.allow_from.cidrs if balancer.allow_from and gateway.has_load_balancer and not on_eks else []
    return given(
        type=_SERVICE_TYPES[gateway.exposure],
        ports=[status, *ports],
        annotations=dict(sorted(annotations.items())),
        loadBalancerSourceRanges=allowed,
    )


def gateway_values(gateway: Gateway, *, on_eks: bool, front_group: Any | None = None) -> Values:
    """Values of the chart `gateway`; `front_group` is the id of the security group before the load balancer, if any."""
    own = given(
        labels=gateway.pod_labels,
        service=service_values(gateway, on_eks=on_eks, front_group=front_group),
        resources=gateway.resources,
        podDisruptionBudget=gateway.pod_disruption_budget,
    )
    if gateway.replicas is not None:
        own |= {"replicaCount": gateway.replicas, "autoscaling": {"enabled": False}}
    if gateway.autoscaling is not None:
        own["autoscaling"] = {
            "enabled": True,
            "minReplicas": gateway.autoscaling.min,
            "maxReplicas": gateway.autoscaling.max,
            "targetCPUUtilizationPercentage": gateway.autoscaling.cpu,
        }
    return merged(own, gateway.values)


def gateway_object(gateway: Gateway) -> Manifest | None:
    """The Istio Gateway that apps bind to; none where no port serves a host."""
    servers = [
        given(
            port={"number": port.port, "name": port.label, "protocol": port.protocol},
            hosts=gateway.hosts(port),
            tls=given(mode=port.tls.mode, credentialName=port.tls.credential_name) if port.tls else None,
        )
        for port in gateway.ports
        if gateway.hosts(port)
    ]
    if not servers:
        return None
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "Gateway",
        "metadata": {"name": gateway.name, "namespace": gateway.home},
        "spec": {"selector": gateway.pod_labels, "servers": servers},
    }
