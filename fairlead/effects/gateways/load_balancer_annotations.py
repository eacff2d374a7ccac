"""What does each annotation of a load balancer set, and what can a change of it do? A table.

Which of them a standing NLB takes up, and which not, is as the AWS controller's page says
(kubernetes-sigs/aws-load-balancer-controller: docs/guide/service/annotations.md).
"""

from __future__ import annotations

from fairlead.effects.effect import Hurt

_TOLD = "callers that know the addresses have to be told"
_UNHEALTHY = "pods that do not answer so get no traffic"

SETTINGS: dict[str, tuple[str, Hurt | None, str]] = {
    "type": ("its type", Hurt.REPLACES, "never change it on a standing Service: make another gateway and move over"),
    "nlb-target-type": ("its target type", Hurt.REPLACES, "its target groups are made anew: open connections are cut"),
    "name": ("its name", None, ""),
    "ip-address-type": ("its address type", None, ""),
    "subnets": ("its list of subnets", Hurt.REPLACES, "a standing NLB may refuse them, and has to be made anew then"),
    "eip-allocations": ("its list of elastic addresses", Hurt.REPLACES, _TOLD),
    "private-ipv4-addresses": ("its list of addresses", Hurt.REPLACES, _TOLD),
    "ssl-cert": ("its list of certificates", None, ""),
    "ssl-ports": ("the list of ports where it ends TLS", Hurt.INTERRUPTS, "their callers have to change with it"),
    "ssl-negotiation-policy": ("its TLS policy", Hurt.REFUSES, "callers with older TLS may fail: see their versions"),
    "alpn-policy": ("its ALPN policy", None, ""),
    "backend-protocol": ("the protocol to its targets", Hurt.INTERRUPTS, "the gateway's port has to speak it"),
    "proxy-protocol": ("PROXY protocol", Hurt.INTERRUPTS, "the gateway has to expect it from the same moment"),
    "manage-backend-security-group-rules": ("the management of rules to the pods", None, ""),
    "healthcheck-port": ("the port of its health check", Hurt.INTERRUPTS, _UNHEALTHY),
    "healthcheck-path": ("the path of its health check", Hurt.INTERRUPTS, _UNHEALTHY),
    "healthcheck-protocol": ("the protocol of its health check", Hurt.INTERRUPTS, _UNHEALTHY),
    "healthcheck-interval": ("the interval of its health check", None, ""),
    "healthcheck-timeout": ("the timeout of its health check", None, ""),
    "healthcheck-healthy-threshold": ("the healthy threshold of its health check", None, ""),
    "healthcheck-unhealthy-threshold": ("the unhealthy threshold of its health check", None, ""),
    "healthcheck-success-codes": ("the success codes of its health check", None, ""),
}
"""Annotation, without the controller's prefix -> what a person calls it, how a change hurts, and what to look at."""

ATTRIBUTES = {
    "load_balancing.cross_zone.enabled": "cross-zone",
    "deletion_protection.enabled": "deletion protection",
    "deregistration_delay.timeout_seconds": "drain in seconds",
    "preserve_client_ip.enabled": "client addresses kept",
    "proxy_protocol_v2.enabled": "PROXY protocol to the pods",
}
"""Attribute of a load balancer or of its target groups -> what a person calls it."""
