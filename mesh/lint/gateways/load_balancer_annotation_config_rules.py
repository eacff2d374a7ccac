"""Do free annotations of a load balancer agree with what this program writes beside them?

AWS Load Balancer Controller, guide/service/annotations.
"""

from __future__ import annotations

from collections.abc import Iterator

from mesh.config import Config
from mesh.findings import Hit, Path
from mesh.lint.gateways.load_balancer_annotations import Balancer, balancers
from mesh.lint.rule import config_rule
from mesh.ports import STATUS_PORT


@config_rule(needs=("cluster",))
def one_controller_makes_the_load_balancer(config: Config) -> Iterator[Hit]:
    """The AWS Load Balancer Controller makes the load balancer, and the annotation that says so stays.

    With type `nlb` the cloud provider inside Kubernetes makes one too: of the two load balancers, the one with the
    settings of this stack is not the one in the Service's status. Changed on a live Service, the old one leaks.
    """
    for balancer in balancers(config):
        place = balancer.overrides("type")
        if place and balancer.value("type") != "nlb-ip":
            message = "hands the Service to the cloud provider in Kubernetes, which knows none of the other annotations"
            yield Hit(place, balancer.value("type"), message, "remove the annotation; the type is external")


@config_rule(needs=("cluster",))
def schemes_are_as_exposed(config: Config) -> Iterator[Hit]:
    """Whether a load balancer is public is said by `expose` alone.

    The scheme of an annotation wins over `expose`, so what is called internal here answers the internet; the older
    annotation `internal` loses to the scheme, so what it was to hide is public.
    """
    for balancer in balancers(config):
        exposure = balancer.gateway.exposure
        if place := balancer.overrides("scheme"):
            message = f"expose is {exposure}, and this annotation wins over it"
            yield Hit(place, balancer.value("scheme"), message, f"write expose: {balancer.value('scheme')} instead")
        internal = balancer.value("internal")
        if (place := balancer.free("internal")) and (internal == "true") != (exposure == "internal"):
            message = f"is ignored beside the scheme, which is {exposure}"
            remedy = f"write expose: {'internal' if internal == 'true' else 'internet-facing'} and remove this"
            yield Hit(place, internal, message, remedy)


@config_rule(needs=("cluster",))
def health_checks_reach_the_gateway(config: Config) -> Iterator[Hit]:
    """The load balancer asks each pod of the gateway for /healthz/ready, in plain HTTP, on port 15021.

    Asked anywhere else the pods look dead: all targets are unhealthy, and clients are reset or time out although every
    pod is ready.
    """
    for balancer in balancers(config):
        yield from _target_type(balancer)
        yield from _health_check(balancer)


def _target_type(balancer: Balancer) -> Iterator[Hit]:
    place = balancer.overrides("nlb-target-type")
    if place and balancer.value("healthcheck-port") == str(STATUS_PORT):
        message = f"makes nodes the targets, and no node listens on the health check's port {STATUS_PORT}"
        remedy = "remove the annotation, or set healthcheck-port: traffic-port and healthcheck-protocol: tcp beside it"
        yield Hit(place, balancer.value("nlb-target-type"), message, remedy)


def _health_check(balancer: Balancer) -> Iterator[Hit]:
    port, protocol, path = (balancer.value(f"healthcheck-{part}") for part in ("port", "protocol", "path"))
    if protocol.lower() == "tcp":
        return
    if (place := balancer.overrides("healthcheck-port")) and path == "/healthz/ready":
        message = f"the gateway answers {path} on {STATUS_PORT} only: elsewhere it is a 404, and no target is healthy"
        remedy = "remove the annotation, or set healthcheck-protocol: tcp beside it"
        yield Hit(place, port, message, remedy)
    elif port == str(STATUS_PORT):
        if (place := balancer.overrides("healthcheck-protocol")) and protocol.lower() != "http":
            message = f"port {STATUS_PORT} speaks plain HTTP, so no target is healthy"
            yield Hit(place, protocol, message, "remove the annotation")
        if place := balancer.overrides("healthcheck-path"):
            message = f"port {STATUS_PORT} answers /healthz/ready and nothing else, so no target is healthy"
            yield Hit(place, path, message, "remove the annotation")


@config_rule(needs=("cluster",))
def the_status_port_has_no_tls(config: Config) -> Iterator[Hit]:
    """A certificate of the load balancer is for ports that are named, and the status port is never one of them.

    Without `ssl-ports` every listener speaks TLS, port 80 and the status port included: plain requests get no answer.
    """
    for balancer in balancers(config):
        ports = [port.strip() for port in balancer.value("ssl-ports").split(",")]
        if (place := balancer.free("ssl-cert")) and (not balancer.value("ssl-ports") or "*" in ports):
            message = "ends TLS on every port, the status port and plain HTTP included"
            remedy = "write loadBalancer.tls with certificates and ports instead"
            yield Hit(place, balancer.value("ssl-cert"), message, remedy)
        elif (place := balancer.free("ssl-ports")) and {"status-port", str(STATUS_PORT)} & set(ports):
            message = "ends TLS on the status port, which is for health checks in plain HTTP"
            yield Hit(place, balancer.value("ssl-ports"), message, "name the ports that speak TLS, without it")


_SETTINGS = {
    "attributes": ("cross_zone", "crossZone"),
    "target-group-attributes": ("drain", "drain"),
    "ssl-cert": ("tls", "tls"),
    "ssl-ports": ("tls", "tls"),
}
"""Annotation -> the setting that writes it: its field, and its key in the stack file."""


@config_rule(needs=("cluster",))
def annotations_leave_the_settings_alone(config: Config) -> Iterator[Hit]:
    """A free annotation replaces the whole value of one that a setting writes, so the two are not used together.

    `drain: 120s` stands in the stack file while connections are cut after the default of five minutes, or at once. Nor
    may the controller be told to leave the nodes' groups alone where this stack guards the load balancer.
    """
    for balancer in balancers(config):
        given = balancer.gateway.load_balancer.model_fields_set
        for name, (field, key) in _SETTINGS.items():
            place = balancer.overrides(name)
            if place and field in given:
                setting: Path = ("gateways", balancer.index, "loadBalancer", key)
                message = f"replaces what loadBalancer.{key} sets, which then does nothing"
                yield Hit(place, balancer.value(name), message, f"remove it, or {key}", first=setting)
        rules = "manage-backend-security-group-rules"
        place = balancer.free(rules)
        if place and balancer.gateway.load_balancer.allow_from and balancer.value(rules) != "true":
            message = (
                "beside allowFrom, nobody opens the way from the load balancer to the pods: every request times out"
            )
            yield Hit(place, balancer.value(rules), message, "remove the annotation")
