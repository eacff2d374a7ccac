"""What does Istio read of a route for connections? A TCPRoute or a TLSRoute of a VirtualService."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fairlead_mesh.apps.app import App
from fairlead_mesh.apps.route import Route
from fairlead_mesh.keys.section import given
from fairlead_mesh.routing.http_route import destinations


def connection_route(app: App, route: Route, hosts: Sequence[str], *, at_gateways: bool) -> dict[str, Any]:
    """One route of an app for TCP, or for TLS by the server names `hosts`. Ports that it matches are those of gateways,
    which mean nothing inside the mesh."""
    names = {"sniHosts": list(hosts)} if app.protocol == "TLS" else {}
    ports = [match.port for match in route.match if match.port] if at_gateways else []
    matches = [names | given(port=port) for port in ports or [None]]
    return given(match=[match for match in matches if match], route=destinations(app, route))
