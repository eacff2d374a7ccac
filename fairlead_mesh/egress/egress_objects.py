"""Which objects does a host outside the mesh need? A ServiceEntry, those of TLS, those of the way through a gateway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fairlead_mesh.egress.external_host import ExternalHost, TlsOrigination
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.keys.section import Manifest, given
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN
from fairlead_mesh.model.virtual_service import MESH

_API = "networking.istio.io/v1"


def external_host_objects(host: ExternalHost, gateway: Gateway | None) -> Iterator[Manifest]:
    """Every object of the host itself; `gateway` is the one that it is reached through."""
    yield service_entry(host)
    if host.tls_origination:
        yield tls_origination(host, host.tls_origination, gateway)
    if gateway:
        yield gateway_object(host, gateway)
        yield virtual_service(host, gateway)


def service_entry(host: ExternalHost) -> Manifest:
    """That the hosts exist, and where. Without an address of its own, TLS begun by the proxy takes another port."""
    at_once = host.tls_origination if not host.through else None
    port = {"number": host.port, "name": f"{host.protocol.lower()}-{host.port}", "protocol": host.protocol}
    ports: list[dict[str, Any]] = [port | given(targetPort=at_once.port if at_once else None)]
    if host.through and host.outer_port != host.port:
        # The gateway calls it there.
        ports.append({"number": host.outer_port, "name": f"https-{host.outer_port}", "protocol": "HTTPS"})
    spec = given(
        hosts=host.hosts,
        addresses=host.addresses,
        location="MESH_EXTERNAL",
        ports=ports,
        resolution="NONE" if host.has_wildcard or host.addresses else "DNS",
    )
    return _object("ServiceEntry", host.name, host.namespace, spec)


def tls_origination(host: ExternalHost, origination: TlsOrigination, gateway: Gateway | None) -> Manifest:
    """TLS to the host. Where a gateway begins it, only proxies in its namespace know of it."""
    tls = given(
        mode=origination.mode,
        credentialName=origination.credential_name,
        caCertificates=None if origination.credential_name else origination.ca_certificates,
        sni=origination.sni or host.hosts[0],
    )
    number = host.outer_port if gateway else host.port
    spec = given(
        host=host.hosts[0],
        trafficPolicy={"portLevelSettings": [{"port": {"number": number}, "tls": tls}]},
        exportTo=["."] if gateway else None,
    )
    return _object("DestinationRule", host.name, gateway.pods_home if gateway else host.namespace, spec)


def gateway_object(host: ExternalHost, gateway: Gateway) -> Manifest:
    """The listener of the egress gateway: TLS as it comes, or plain HTTP inside of mTLS of the mesh."""
    server = {
        "port": {"number": host.port, "name": f"{_inner(host).lower()}-{host.name}", "protocol": _inner(host)},
        "hosts": host.hosts,
        "tls": {"mode": "ISTIO_MUTUAL" if host.is_http else "PASSTHROUGH"},
    }
    return _object("Gateway", _at_gateway(host), host.namespace, {"selector": gateway.pod_labels, "servers": [server]})


def virtual_service(host: ExternalHost, gateway: Gateway) -> Manifest:
    """From sidecars to the gateway, and from there to the host."""
    own = f"{host.namespace}/{_at_gateway(host)}"
    to_gateway = {"host": service_host(gateway), "port": {"number": host.port}}
    if host.is_http:
        to_gateway = {**to_gateway, "subset": host.name}
    routes = [
        _route(host, MESH, to_gateway),
        _route(host, own, {"host": host.hosts[0], "port": {"number": host.outer_port}}),
    ]
    spec = {"hosts": host.hosts, "gateways": [MESH, own], ("http" if host.is_http else "tls"): routes}
    return _object("VirtualService", host.name, host.namespace, spec)


def gateway_subsets(gateway: Gateway, hosts: Sequence[ExternalHost]) -> Manifest | None:
    """mTLS from sidecars to the gateway, with the server name of each host: one rule for all, as a rule of a host is
    read whole."""
    subsets = [
        {"name": host.name, "trafficPolicy": {"portLevelSettings": [_to_gateway(host)]}}
        for host in hosts
        if host.is_http
    ]
    spec = {"host": service_host(gateway), "subsets": subsets}
    return _object("DestinationRule", gateway.name, gateway.home, spec) if subsets else None


def service_host(gateway: Gateway) -> str:
    """The full name of its Service."""
    return f"{gateway.service}.{gateway.pods_home}.{CLUSTER_DOMAIN}"


def _to_gateway(host: ExternalHost) -> dict[str, Any]:
    return {"port": {"number": host.port}, "tls": {"mode": "ISTIO_MUTUAL", "sni": host.hosts[0]}}


def _route(host: ExternalHost, gateway: str, destination: Mapping[str, Any]) -> dict[str, Any]:
    match: dict[str, Any] = {"gateways": [gateway], "port": host.port}
    if not host.is_http:
        match["sniHosts"] = host.hosts
    return {"match": [match], "route": [{"destination": dict(destination)}]}


def _inner(host: ExternalHost) -> str:
    return "HTTPS" if host.is_http else "TLS"


def _at_gateway(host: ExternalHost) -> str:
    return f"{host.name}-egress"


def _object(kind: str, name: str, namespace: str, spec: Mapping[str, Any]) -> Manifest:
    return {
        "apiVersion": _API,
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace},
        "spec": dict(spec),
    }
