"""Does every port of a gateway speak what is expected there, and does its Service have it?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.gateway_values import gateway_values
from fairlead_mesh.gateways import GatewayPort
from fairlead_mesh.lint.repetition import repeated
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.ports import STATUS_PORT

_SPEAK_TLS = ("HTTPS", "TLS")


@config_rule("webhook")
def gateway_ports_are_unique(config: Config) -> Iterator[Hit]:
    """A Service cannot have two ports with one number or name, and the gateway itself uses the status port.

    The API server would reject the chart when the rest of the stack is already installed. An external gateway may have
    several servers on one port, for several certificates.
    """
    for index, gateway in enumerate(config.gateways):
        if gateway.external:
            continue
        path: Path = ("gateways", index, "ports")
        numbers = (((*path, place, "port"), port.port) for place, port in enumerate(gateway.ports))
        yield from repeated(numbers, "port", "the API server rejects the gateway's Service")
        names = (((*path, place, "name"), port.label) for place, port in enumerate(gateway.ports))
        yield from repeated(names, "port name", "the API server rejects the gateway's Service")
        for place, port in enumerate(gateway.ports):
            if port.port == STATUS_PORT or port.label == "status-port":
                message = f"{STATUS_PORT}, status-port, is the gateway's own health check"
                yield Hit((*path, place), port.label, message, "choose another")


@config_rule()
def tls_ports_exist(config: Config) -> Iterator[Hit]:
    """The load balancer terminates TLS on ports that the gateway has, given by name.

    The controller rejects the Service if one of them does not exist, and no load balancer is created.
    """
    for index, gateway in enumerate(config.gateways):
        known = [port.label for port in gateway.ports]
        tls = gateway.load_balancer.tls
        for number, name in enumerate(tls.ports if tls else []):
            if name not in known:
                path = ("gateways", index, "loadBalancer", "tls", "ports", number)
                message = "no such port: TLS would be terminated nowhere"
                yield Hit(path, name, message, f"this gateway has {', '.join(known)}")


@config_rule("webhook", "IST0106")
def tls_fits_the_protocol(config: Config) -> Iterator[Hit]:
    """A port with protocol HTTPS or TLS has TLS settings with a certificate; any other port has no TLS.

    istiod's webhook rejects the Gateway; without the webhook the listener is left out and connections are reset.
    """
    for index, gateway in enumerate(config.gateways):
        for place, port in enumerate(gateway.ports):
            path: Path = ("gateways", index, "ports", place)
            if gateway.hosts(port):
                yield from _tls(path, port)


def _tls(path: Path, port: GatewayPort) -> Iterator[Hit]:
    tls = port.tls
    if port.protocol in _SPEAK_TLS and tls is None:
        message = f"{port.protocol} without tls: istiod rejects a Gateway without TLS settings for it"
        remedy = "write tls: {credentialName: <Secret>}; if the load balancer terminates TLS, write protocol: HTTP"
        yield Hit((*path, "protocol"), port.protocol, message, remedy)
    elif tls and port.protocol not in _SPEAK_TLS:
        message = f"TLS on a port with protocol {port.protocol}, which istiod rejects"
        yield Hit((*path, "tls"), None, message, "write protocol: HTTPS, or remove tls")
    elif tls and tls.mode != "PASSTHROUGH" and tls.credential_name is None:
        message = f"{tls.mode} terminates TLS here without a certificate, which istiod rejects"
        yield Hit((*path, "tls"), None, message, "name the Secret with the certificate as credentialName")
    elif tls and tls.mode == "PASSTHROUGH" and tls.credential_name:
        message = "TLS is passed through, so this certificate is never used"
        remedy = "remove credentialName, or write mode: SIMPLE"
        yield Hit((*path, "tls", "credentialName"), tls.credential_name, message, remedy, severity="warning")


@config_rule(needs=("cluster",))
def tls_ends_once(config: Config) -> Iterator[Hit]:
    """If the load balancer terminates TLS, the gateway's port behind it does not expect TLS again.

    Both would wait for a handshake: the load balancer sends plain bytes to a port that waits for TLS, and every
    connection is reset.
    """
    backend = "service.beta.kubernetes.io/aws-load-balancer-backend-protocol"
    for index, gateway in enumerate(config.gateways):
        balancer = gateway.load_balancer
        ended = set(balancer.tls.ports) if balancer.tls and balancer.annotations.get(backend) != "ssl" else set[str]()
        for place, port in enumerate(gateway.ports):
            if port.label in ended and port.protocol in _SPEAK_TLS:
                path = ("gateways", index, "ports", place, "protocol")
                message = (
                    f"the load balancer terminates TLS on {port.label}, and the gateway would wait for another "
                    "handshake"
                )
                remedy = "write protocol: HTTP and no tls, or remove the port from loadBalancer.tls.ports"
                yield Hit(path, port.protocol, message, remedy)


@config_rule("IST0162", needs=("cluster",))
def ports_have_a_listener(config: Config) -> Iterator[Hit]:
    """Each port of a gateway is on its Service, whatever the chart values are.

    A load balancer has one listener for each port of the Service: if one is missing, connections time out although the
    gateway is ready and its routes are right.
    """
    for index, gateway in enumerate(config.gateways):
        values = as_map(gateway_values(gateway, config.istio, config.cluster.balancing).get("service"))
        free = as_map(gateway.values.get("service"))
        if not isinstance(free.get("ports"), list):
            continue
        listed = [as_map(port) for port in cast("list[Any]", values["ports"])]
        opened = {target for port in listed for target in (port.get("targetPort"), port.get("port"))}
        for place, port in enumerate(gateway.ports):
            if port.port not in opened:
                path: Path = ("gateways", index, "ports", place, "port")
                message = (
                    f"values.service.ports replaces the Service's ports and has no {port.port}: clients cannot connect"
                )
                yield Hit(path, port.port, message, "add it there, or remove values.service.ports")


@config_rule(needs=("cluster",))
def services_are_as_exposed(config: Config) -> Iterator[Hit]:
    """The type of a gateway's Service follows from `expose`, and chart values do not change it.

    Security groups, waiting, outputs and these rules all depend on `expose`: a Service of another type has none of
    them.
    """
    for index, gateway in enumerate(config.gateways):
        wanted = gateway_values(gateway.model_copy(update={"values": {}}), config.istio, None)["service"]["type"]
        got = as_map(gateway.values.get("service")).get("type", wanted)
        if got != wanted:
            path = ("gateways", index, "values", "service", "type")
            message = (
                f"expose is {gateway.exposure}, which creates a {wanted}; the rest of the stack would not know "
                "about this type"
            )
            yield Hit(path, got, message, "write expose: internet-facing, internal, nodePort or clusterIP instead")
