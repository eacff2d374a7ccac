"""What does a stack tell when it is up? How to reach its gateways and apps, from what the config says."""

from __future__ import annotations

from typing import Any

from mesh.apps import MESH, App
from mesh.gateways import Gateway, GatewayPort
from mesh.routing import expected_split

_LOCAL_PORT = 8080


def local_command(gateway: Gateway) -> str:
    """The command that makes the gateway's first port answer on this machine."""
    return f"kubectl -n {gateway.home} port-forward svc/{gateway.name} {_LOCAL_PORT}:{gateway.ports[0].port}"


def gateway_outputs(gateway: Gateway, address: str | None) -> dict[str, Any]:
    """Address and URLs of a gateway; without an address, inside the cluster or on this machine."""
    outputs: dict[str, Any] = {"address": address or f"{gateway.name}.{gateway.home}.svc.cluster.local"}
    if address:
        return outputs | {"urls": [_url(gateway, port, address) for port in gateway.ports]}
    return outputs | {"urls": [f"http://localhost:{_LOCAL_PORT}"], "command": local_command(gateway)}


def _url(gateway: Gateway, port: GatewayPort, address: str) -> str:
    tls = gateway.load_balancer.tls
    secure = port.tls is not None or (tls is not None and port.label in tls.ports)
    scheme, usual = ("https", 443) if secure else ("http", 80)
    return f"{scheme}://{address}" + ("" if port.port == usual else f":{port.port}")


def app_outputs(app: App, gateway_urls: dict[str, list[str]]) -> dict[str, Any]:
    """Where an app answers, and which share of its requests each version gets."""
    urls = [f"http://{app.fqdn()}:{app.port}"] if MESH in app.gateways else []
    for name in app.ingress_gateways:
        urls += [_with_host(url, app) for url in gateway_urls[name]]
    return {"urls": urls, "split": expected_split(app)}


def _with_host(url: str, app: App) -> str:
    """An app with a host of its own is asked for by it: the gateway's address alone answers 404."""
    host = app.hosts[0]
    return f"{url} (Host: {host})" if host != "*" else url
