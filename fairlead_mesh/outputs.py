"""What does a stack tell when it is up? How to reach its gateways and apps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fairlead_mesh.apps.app import App
from fairlead_mesh.gateways import Gateway, GatewayPort
from fairlead_mesh.model.virtual_service import MESH
from fairlead_mesh.routing.expected_split import expected_split

_LOCAL_PORT = 8080
_SCHEMES = {"HTTP": "http", "TLS": "https", "TCP": "tcp"}


@dataclass(frozen=True)
class Reached:
    """How the live Service of a gateway is reached: the load balancer's `address`, `node_ports` by port name."""

    address: str | None = None
    node_ports: Mapping[str, int] = field(default_factory=dict[str, int])


def gateway_outputs(gateway: Gateway, reached: Reached) -> dict[str, Any]:
    """Address and URLs of a gateway; where nothing outside reaches it, the command that does on this machine."""
    inside = f"{gateway.service}.{gateway.pods_home}.svc.cluster.local"
    port = gateway.ports[0].port
    if reached.address:
        return {"address": reached.address, "urls": [_url(gateway, port, reached.address) for port in gateway.ports]}
    outputs: dict[str, Any] = {
        "address": inside,
        "urls": [f"http://localhost:{_LOCAL_PORT}"],
        "command": f"kubectl -n {gateway.pods_home} port-forward svc/{gateway.service} {_LOCAL_PORT}:{port}",
    }
    return outputs | ({"nodePorts": dict(reached.node_ports)} if reached.node_ports else {})


def _url(gateway: Gateway, port: GatewayPort, address: str) -> str:
    tls = gateway.load_balancer.tls
    secure = port.tls is not None or (tls is not None and port.label in tls.ports)
    scheme, usual = ("https", 443) if secure else ("http", 80)
    return f"{scheme}://{address}" + ("" if port.port == usual else f":{port.port}")


def app_outputs(app: App, gateway_urls: Mapping[str, list[str]]) -> dict[str, Any]:
    """Where an app answers, and which share of its requests each version gets."""
    scheme = _SCHEMES[app.protocol]
    bases = [f"{scheme}://{app.fqdn()}:{app.port}"] if MESH in app.gateways else []
    bases += [url for name in app.ingress_gateways for url in gateway_urls[name]]
    urls = [base + _first_path(app) for base in bases]
    outputs: dict[str, Any] = {"urls": urls, "split": expected_split(app)}
    if app.ingress_gateways and "*" not in app.hosts:
        # The gateway's address alone would answer 404.
        outputs["hosts"] = list(app.hosts)
    return outputs


def _first_path(app: App) -> str:
    """A path that one of the app's routes takes, as far as it is known without an expression."""
    for route in app.routes:
        for match in route.match:
            if match.uri and (match.uri.exact or match.uri.prefix):
                return match.uri.exact or match.uri.prefix or ""
    return ""
