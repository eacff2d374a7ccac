"""Which weights does somebody else set? Those that `pulumi up` writes once, and then leaves alone."""

from __future__ import annotations

from fairlead_mesh.apps.app import App
from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.routing.http_route import http_routes


def managed_weights(app: App, manifest: Manifest) -> list[str]:
    """Their paths in a VirtualService of the app, as Pulumi's ignoreChanges takes them."""
    if app.protocol == "HTTP":
        made = [route for route in app.every_route for _ in http_routes(app, route)]
    else:
        made = app.every_route
    return [
        f"spec.{app.protocol.lower()}[{number}].route[{place}].weight"
        for number, route in enumerate(made)
        if route.managed_by and manifest["kind"] == "VirtualService"
        for place in range(len(route.shares))
    ]
