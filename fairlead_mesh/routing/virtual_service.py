"""How do requests reach an app? Its VirtualServices, or none where its Service alone does the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fairlead_mesh.apps.app import App
from fairlead_mesh.keys.section import Manifest, given
from fairlead_mesh.model.virtual_service import MESH
from fairlead_mesh.routing.connection_route import connection_route
from fairlead_mesh.routing.http_route import http_routes


def virtual_services(app: App, gateway_objects: Mapping[str, str]) -> list[Manifest]:
    """How requests reach `app`: one VirtualService, or none where its Service alone does the same.

    `gateway_objects` has the `namespace/name` of the Istio Gateway of each gateway. An app whose hosts take in its own
    name, as `*` does, gets a second one for its callers inside the mesh: the webhook refuses `*` on sidecars, and a
    host that is there twice. One for connections does too, as they ask gateways for other ports and names.
    """
    name, inner = app.object_names.virtual_service or app.name, app.object_names.mesh_virtual_service
    if app.delegated:
        return [_virtual_service(app, name, hosts=[], gateways=[])]
    outside = [gateway_objects[name] for name in app.ingress_gateways]
    inside = [MESH] if app.routes_in_the_mesh else []
    own_host = [app.fqdn()] if inside else []
    if app.routes_apart:
        return [
            _virtual_service(app, name, hosts=app.hosts, gateways=outside),
            _virtual_service(app, inner or f"{app.name}-mesh", hosts=own_host, gateways=inside),
        ]
    if outside or inside:
        hosts = [*(app.hosts if outside else []), *own_host]
        return [_virtual_service(app, name, hosts=hosts, gateways=[*outside, *inside])]
    return []


def _virtual_service(app: App, name: str, *, hosts: Sequence[str], gateways: Sequence[str]) -> Manifest:
    routes = _routes(app, hosts, at_gateways=gateways != [MESH])
    spec = given(hosts=list(hosts), gateways=list(gateways)) | {app.protocol.lower(): routes}
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": name, "namespace": app.namespace},
        "spec": spec,
    }


def _routes(app: App, hosts: Sequence[str], *, at_gateways: bool) -> list[dict[str, Any]]:
    if app.protocol == "HTTP":
        return [made for route in app.every_route for made in http_routes(app, route)]
    return [connection_route(app, route, hosts, at_gateways=at_gateways) for route in app.every_route]
