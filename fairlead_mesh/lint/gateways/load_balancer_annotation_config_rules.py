"""Do free annotations of a load balancer agree with what this program writes beside them?

AWS Load Balancer Controller, guide/service/annotations.
"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.gateways.load_balancer_annotations import Balancer, balancers
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.ports import STATUS_PORT


@config_rule(needs=("cluster",))
def one_controller_makes_the_load_balancer(config: Config) -> Iterator[Hit]:
    """The AWS Load Balancer Controller creates the load balancer, and the annotation that selects it stays.

    On a Service without a load balancer class, type `nlb` makes the cloud provider in Kubernetes create one too: the
    load balancer with the settings of this stack is then not the one in the Service's status. If the type of a live
    Service is changed, the old load balancer leaks.
    """
    for balancer in balancers(config):
        place = balancer.overrides("type")
        if place and balancer.value("type") != "nlb-ip":
            message = "names the cloud provider in Kubernetes, which ignores the other annotations"
            yield Hit(place, balancer.value("type"), message, "remove the annotation; the type is external")


@config_rule(needs=("cluster",))
def schemes_are_as_exposed(config: Config) -> Iterator[Hit]:
    """Only `expose` decides whether a load balancer is public.

    The annotation `scheme` overrides `expose`, so a gateway that is internal by its name is open to the internet; the
    older annotation `internal` is overridden by the scheme, so what it should hide is public.
    """
    for balancer in balancers(config):
        exposure = balancer.gateway.exposure
        if place := balancer.overrides("scheme"):
            message = f"expose is {exposure}, and this annotation overrides it"
            yield Hit(place, balancer.value("scheme"), message, f"write expose: {balancer.value('scheme')} instead")
        internal = balancer.value("internal") if balancer.balancing.maker == "controller" else ""
        if internal and (place := balancer.free("internal")) and (internal == "true") != (exposure == "internal"):
            message = f"is ignored, because the scheme is set to {exposure}"
            remedy = f"write expose: {'internal' if internal == 'true' else 'internet-facing'} and remove this"
            yield Hit(place, internal, message, remedy)


@config_rule(needs=("cluster",))
def health_checks_reach_the_gateway(config: Config) -> Iterator[Hit]:
    """The load balancer's health check asks each gateway pod for /healthz/ready, in plain HTTP on port 15021.

    With any other health check all targets are unhealthy, and clients get resets or timeouts although every pod is
    ready.
    """
    for balancer in balancers(config):
        yield from _target_type(balancer)
        yield from _health_check(balancer)


def _target_type(balancer: Balancer) -> Iterator[Hit]:
    place = balancer.overrides("nlb-target-type")
    if place and balancer.value("healthcheck-port") == str(STATUS_PORT):
        message = f"makes nodes the targets, and no node listens on the health check's port {STATUS_PORT}"
        remedy = "remove the annotation, or set healthcheck-port: traffic-port and healthcheck-protocol: tcp too"
        yield Hit(place, balancer.value("nlb-target-type"), message, remedy)


def _health_check(balancer: Balancer) -> Iterator[Hit]:
    port, protocol, path = (balancer.value(f"healthcheck-{part}") for part in ("port", "protocol", "path"))
    if protocol.lower() == "tcp":
        return
    if (place := balancer.overrides("healthcheck-port")) and path == "/healthz/ready":
        message = f"the gateway serves {path} on {STATUS_PORT} only: other ports answer 404, and no target is healthy"
        remedy = "remove the annotation, or set healthcheck-protocol: tcp too"
        yield Hit(place, port, message, remedy)
    elif port == str(STATUS_PORT):
        if (place := balancer.overrides("healthcheck-protocol")) and protocol.lower() != "http":
            message = f"port {STATUS_PORT} uses plain HTTP, so no target is healthy"
            yield Hit(place, protocol, message, "remove the annotation")
        if place := balancer.overrides("healthcheck-path"):
            message = f"port {STATUS_PORT} serves nothing but /healthz/ready, so no target is healthy"
            yield Hit(place, path, message, "remove the annotation")


@config_rule(needs=("cluster",))
def the_status_port_has_no_tls(config: Config) -> Iterator[Hit]:
    """The load balancer's certificate is for named ports only, and the status port is never one of them.

    Without `ssl-ports` every listener uses TLS, port 80 too: plain requests get no answer. The status port is not a
    listener, and the controller rejects a Service whose `ssl-ports` list a port that it does not have.
    """
    for balancer in balancers(config):
        ports = [port.strip() for port in balancer.value("ssl-ports").split(",")]
        if (place := balancer.free("ssl-cert")) and (not balancer.value("ssl-ports") or "*" in ports):
            message = "terminates TLS on every port, plain HTTP included"
            remedy = "write loadBalancer.tls with certificates and ports instead"
            yield Hit(place, balancer.value("ssl-cert"), message, remedy)
        elif (place := balancer.free("ssl-ports")) and {"status-port", str(STATUS_PORT)} & set(ports):
            message = (
                "terminates TLS on the status port, which is for health checks and not a port of the load balancer"
            )
            yield Hit(place, balancer.value("ssl-ports"), message, "list the ports that use TLS, without it")


_SETTINGS = {
    "attributes": ("cross_zone", "crossZone"),
    "target-group-attributes": ("drain", "drain"),
    "ssl-cert": ("tls", "tls"),
    "ssl-ports": ("tls", "tls"),
}
"""Annotation -> the setting that writes it: its field, and its key in the stack file."""


@config_rule(needs=("cluster",))
def annotations_leave_the_settings_alone(config: Config) -> Iterator[Hit]:
    """An annotation replaces the whole value of a setting that writes it too, so the two are not used together.

    The stack file has `drain: 120s`, while connections are closed after the default of five minutes, or at once. Nor
    may an annotation stop the controller from managing the nodes' groups where this stack restricts access to the load
    balancer.
    """
    for balancer in balancers(config):
        given = balancer.gateway.load_balancer.model_fields_set
        for name, (field, key) in _SETTINGS.items():
            place = balancer.overrides(name)
            if place and field in given:
                setting: Path = ("gateways", balancer.index, "loadBalancer", key)
                message = f"replaces what loadBalancer.{key} sets, which then has no effect"
                yield Hit(place, balancer.value(name), message, f"remove it, or {key}", first=setting)
        rules = "manage-backend-security-group-rules"
        place = balancer.free(rules)
        if place and balancer.gateway.load_balancer.allow_from and balancer.value(rules) != "true":
            message = "with allowFrom, nothing then allows the load balancer to reach the pods: every request times out"
            yield Hit(place, balancer.value(rules), message, "remove the annotation")
