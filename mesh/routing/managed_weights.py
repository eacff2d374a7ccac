"""Which weights does somebody else set? Those that `pulumi up` writes once, and then leaves alone."""

from __future__ import annotations

from mesh.apps.app import App
from mesh.keys.section import Manifest
from mesh.routing.http_route import http_routes


def managed_weights(app: App, manifest: Manifest) -> list[str]:
    """Their paths in a VirtualService of the app, as Pulumi's ignoreChanges takes them."""
    made = [(route, each) for route in app.every_route for each in http_routes(app, route)]
    if manifest["kind"] != "VirtualService":
        return []
    return [
        f"spec.http[{number}].route[{place}].weight"
        for number, (route, _) in enumerate(made)
        if route.managed_by
        for place in range(len(route.shares))
    ]
