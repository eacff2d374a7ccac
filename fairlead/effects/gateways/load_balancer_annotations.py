"""What does each annotation of a load balancer set, and what can a change of it do? A table.

Which of them a standing NLB takes up, and which not, is as the AWS controller's page says
(kubernetes-sigs/aws-load-balancer-controller: docs/guide/service/annotations.md).
"""

from __future__ import annotations

from fairlead.effects.effect import Hurt

_TOLD = "inform clients that use the addresses"
_UNHEALTHY = "pods that fail this health check get no traffic"

SETTINGS: dict[str, tuple[str, Hurt | None, str]] = {
    "type": (
        "its type",
        Hurt.REPLACES,
        "do not change it on an existing Service: add another gateway and move traffic to it",
    ),
    "nlb-target-type": (
        "its target type",
        Hurt.REPLACES,
        "its target groups are re-created: open connections are closed",
    ),
    "name": ("its name", None, ""),
    "ip-address-type": ("its address type", None, ""),
    "subnets": ("its list of subnets", Hurt.REPLACES, "an existing NLB may reject them and must then be re-created"),
    "eip-allocations": ("its list of Elastic IP addresses", Hurt.REPLACES, _TOLD),
    "private-ipv4-addresses": ("its list of addresses", Hurt.REPLACES, _TOLD),
    "ssl-cert": ("its list of certificates", None, ""),
    "ssl-ports": (
        "the list of ports where it terminates TLS",
        Hurt.INTERRUPTS,
        "clients of these ports must change at the same time",
    ),
    "ssl-negotiation-policy": (
        "its TLS policy",
        Hurt.REFUSES,
        "clients with older TLS versions may fail: check which they use",
    ),
    "alpn-policy": ("its ALPN policy", None, ""),
    "backend-protocol": ("its backend protocol", Hurt.INTERRUPTS, "the gateway's port must use it too"),
    "proxy-protocol": ("PROXY protocol", Hurt.INTERRUPTS, "the gateway must accept it from the same time on"),
    "manage-backend-security-group-rules": ("its management of the pods' security group rules", None, ""),
    "healthcheck-port": ("its health check port", Hurt.INTERRUPTS, _UNHEALTHY),
    "healthcheck-path": ("its health check path", Hurt.INTERRUPTS, _UNHEALTHY),
    "healthcheck-protocol": ("its health check protocol", Hurt.INTERRUPTS, _UNHEALTHY),
    "healthcheck-interval": ("its health check interval", None, ""),
    "healthcheck-timeout": ("its health check timeout", None, ""),
    "healthcheck-healthy-threshold": ("its health check healthy threshold", None, ""),
    "healthcheck-unhealthy-threshold": ("its health check unhealthy threshold", None, ""),
    "healthcheck-success-codes": ("its list of health check success codes", None, ""),
}
"""Annotation, without the controller's prefix -> what a person calls it, how a change hurts, and what to look at."""

ATTRIBUTES = {
    "load_balancing.cross_zone.enabled": "cross-zone load balancing",
    "deletion_protection.enabled": "deletion protection",
    "deregistration_delay.timeout_seconds": "deregistration delay in seconds",
    "preserve_client_ip.enabled": "client IP preservation",
    "proxy_protocol_v2.enabled": "PROXY protocol v2",
}
"""Attribute of a load balancer or of its target groups -> what a person calls it."""
