"""Which share of an app's requests does each version get? In words, for people."""

from __future__ import annotations

from fairlead_mesh.apps.app import App
from fairlead_mesh.apps.route import Route
from fairlead_mesh.model.request_words import redirect_in_words, requests_in_words
from fairlead_mesh.routing.http_route import request_match
from fairlead_mesh.routing.written import as_written


def expected_split(app: App) -> list[dict[str, str]]:
    """What each route does, in words: which requests it takes and the share of each version."""
    return [
        {
            "requests": requests_in_words([request_match(match) for match in route.match]),
            "to": _action_in_words(app, route),
        }
        for route in app.every_route
    ]


def _action_in_words(app: App, route: Route) -> str:
    if route.redirect:
        return redirect_in_words(as_written(route.redirect))
    if route.direct_response:
        return f"direct response {route.direct_response.status}"
    if route.delegate:
        return f"delegated to {route.delegate.namespace or app.namespace}/{route.delegate.name}"
    shares = [f"{name} {weight} %" for name, weight in app.shares(route).items() if weight > 0]
    return ", ".join(shares) or f"{app.service_name} 100 %"
