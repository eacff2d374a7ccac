"""Does every port of a gateway speak what is expected there, and does its Service have it?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from mesh.config import Config
from mesh.findings import Hit, Path
from mesh.gateway_values import gateway_values
from mesh.gateways import GatewayPort
from mesh.lint.repetition import repeated
from mesh.lint.rule import config_rule
from mesh.model.yaml_values import as_map
from mesh.ports import STATUS_PORT

_SPEAK_TLS = ("HTTPS", "TLS")


@config_rule("webhook")
def gateway_ports_are_unique(config: Config) -> Iterator[Hit]:
    """A Service refuses two ports with one number or one name, and the status port is taken by the gateway itself.

    The chart would be refused by the API server when the rest of the stack stands already.
    """
    for index, gateway in enumerate(config.gateways):
        path: Path = ("gateways", index, "ports")
        numbers = (((*path, place, "port"), port.port) for place, port in enumerate(gateway.ports))
        yield from repeated(numbers, "port", "the API server refuses the gateway's Service")
        names = (((*path, place, "name"), port.label) for place, port in enumerate(gateway.ports))
        yield from repeated(names, "port name", "the API server refuses the gateway's Service")
        for place, port in enumerate(gateway.ports):
            if port.port == STATUS_PORT or port.label == "status-port":
                message = f"{STATUS_PORT}, status-port, is the gateway's own health check"
                yield Hit((*path, place), port.label, message, "choose another")


@config_rule()
def tls_ports_exist(config: Config) -> Iterator[Hit]:
    """The load balancer ends TLS on ports of the gateway, by their names.

    The controller refuses the Service for a port that it does not have, and no load balancer appears.
    """
    for index, gateway in enumerate(config.gateways):
        known = [port.label for port in gateway.ports]
        tls = gateway.load_balancer.tls
        for number, name in enumerate(tls.ports if tls else []):
            if name not in known:
                path = ("gateways", index, "loadBalancer", "tls", "ports", number)
                message = "no such port: TLS would end nowhere"
                yield Hit(path, name, message, f"this gateway has {', '.join(known)}")


@config_rule("webhook", "IST0106")
def tls_fits_the_protocol(config: Config) -> Iterator[Hit]:
    """A port that speaks HTTPS or TLS says how TLS ends there, with a certificate; any other has no TLS.

    istiod's webhook refuses the Gateway object; without it the listener is left out and connections are reset.
    """
    for index, gateway in enumerate(config.gateways):
        for place, port in enumerate(gateway.ports):
            path: Path = ("gateways", index, "ports", place)
            if gateway.hosts(port):
                yield from _tls(path, port)


def _tls(path: Path, port: GatewayPort) -> Iterator[Hit]:
    tls = port.tls
    if port.protocol in _SPEAK_TLS and tls is None:
        message = f"{port.protocol} without tls: istiod refuses a Gateway that does not say how TLS ends"
        remedy = "write tls: {credentialName: <Secret>}; where the load balancer ends it, write protocol: HTTP"
        yield Hit((*path, "protocol"), port.protocol, message, remedy)
    elif tls and port.protocol not in _SPEAK_TLS:
        message = f"TLS on a port that speaks {port.protocol}, which istiod refuses"
        yield Hit((*path, "tls"), None, message, "write protocol: HTTPS, or remove tls")
    elif tls and tls.mode != "PASSTHROUGH" and tls.credential_name is None:
        message = f"{tls.mode} ends TLS here and has no certificate, which istiod refuses"
        yield Hit((*path, "tls"), None, message, "name the Secret with the certificate as credentialName")
    elif tls and tls.mode == "PASSTHROUGH" and tls.credential_name:
        message = "TLS that is passed through never needs this certificate"
        remedy = "remove credentialName, or write mode: SIMPLE"
        yield Hit((*path, "tls", "credentialName"), tls.credential_name, message, remedy, severity="warning")


@config_rule(needs=("cluster",))
def tls_ends_once(config: Config) -> Iterator[Hit]:
    """Where the load balancer ends TLS, the gateway's port behind it reads what is inside.

    Both would want a handshake: the load balancer hands plain bytes to a port that waits for TLS, and every
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
                    f"the load balancer ends TLS on {port.label}, and the gateway would wait for another handshake"
                )
                remedy = "write protocol: HTTP and no tls, or take the port out of loadBalancer.tls.ports"
                yield Hit(path, port.protocol, message, remedy)


@config_rule("IST0162", needs=("cluster",))
def ports_have_a_listener(config: Config) -> Iterator[Hit]:
    """Each port of a gateway is on its Service, whatever the chart's free values make of that.

    A load balancer opens one listener for each port of the Service: where it lacks one, connections time out although
    the gateway is ready and its routes are right.
    """
    for index, gateway in enumerate(config.gateways):
        values = as_map(gateway_values(gateway, on_eks=config.cluster.eks is not None).get("service"))
        free = as_map(gateway.values.get("service"))
        if not isinstance(free.get("ports"), list):
            continue
        listed = [as_map(port) for port in cast("list[Any]", values["ports"])]
        opened = {target for port in listed for target in (port.get("targetPort"), port.get("port"))}
        for place, port in enumerate(gateway.ports):
            if port.port not in opened:
                path: Path = ("gateways", index, "ports", place, "port")
                message = f"values.service.ports replaces the Service's ports and has no {port.port}: nobody connects"
                yield Hit(path, port.port, message, "add it there, or remove values.service.ports")


@config_rule(needs=("cluster",))
def services_are_as_exposed(config: Config) -> Iterator[Hit]:
    """The type of a gateway's Service is what `expose` says, and free values do not change it.

    Security groups, waiting, outputs and these rules all go by `expose`: a Service of another type has none of them.
    """
    for index, gateway in enumerate(config.gateways):
        wanted = gateway_values(gateway.model_copy(update={"values": {}}), on_eks=False)["service"]["type"]
        got = as_map(gateway.values.get("service")).get("type", wanted)
        if got != wanted:
            path = ("gateways", index, "values", "service", "type")
            message = f"expose is {gateway.exposure}, which makes a {wanted}; nothing else here would know of this"
            yield Hit(path, got, message, "write expose: internet-facing, internal, nodePort or clusterIP instead")
