"""How do requests reach an app? Its VirtualServices, or none where its Service alone does the same."""

from __future__ import annotations

from collections.abc import Mapping

from mesh.apps.app import App
from mesh.keys.section import Manifest
from mesh.model.hostnames import covers
from mesh.model.virtual_service import MESH
from mesh.routing.http_route import http_routes


def virtual_services(app: App, gateway_objects: Mapping[str, str]) -> list[Manifest]:
    """How requests reach `app`: one VirtualService, or none where its Service alone does the same.

    `gateway_objects` has the `namespace/name` of the Istio Gateway of each gateway. An app whose hosts take in its own
    name, as `*` does, gets a second one for its callers inside the mesh: the webhook refuses `*` on sidecars, and a
    host that is there twice.
    """
    outside = [gateway_objects[name] for name in app.ingress_gateways]
    inside = [MESH] if app.routes_in_the_mesh else []
    own_host = [app.fqdn()] if inside else []
    if outside and inside and any(covers(host, app.fqdn()) for host in app.hosts):
        return [
            _virtual_service(app, app.name, hosts=app.hosts, gateways=outside),
            _virtual_service(app, f"{app.name}-mesh", hosts=own_host, gateways=inside),
        ]
    if outside or inside:
        hosts = [*(app.hosts if outside else []), *own_host]
        return [_virtual_service(app, app.name, hosts=hosts, gateways=[*outside, *inside])]
    return []


def _virtual_service(app: App, name: str, *, hosts: list[str], gateways: list[str]) -> Manifest:
    spec = {
        "hosts": hosts,
        "gateways": gateways,
        "http": [made for route in app.every_route for made in http_routes(app, route)],
    }
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": name, "namespace": app.namespace},
        "spec": spec,
    }
