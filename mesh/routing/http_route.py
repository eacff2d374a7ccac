"""What does Istio read of one route? An HTTPRoute of a VirtualService."""

from __future__ import annotations

from typing import Any

from mesh.apps.app import App
from mesh.apps.match import Match
from mesh.apps.route import DirectResponse, Mirror, Route
from mesh.apps.version import Version
from mesh.keys.section import given
from mesh.routing.handling import answer_handling, fault, handling, string_match
from mesh.routing.written import as_written


def request_match(match: Match) -> dict[str, Any]:
    """A condition on requests, as an HTTPMatchRequest."""
    return given(
        uri=string_match(match.uri) if match.uri else None,
        method={"exact": match.method} if match.method else None,
        headers={name: string_match(value) for name, value in sorted(match.headers.items())},
        queryParams={name: string_match(value) for name, value in sorted(match.query_params.items())},
    )


def _destination(app: App, version: Version | None) -> dict[str, Any]:
    destination: dict[str, Any] = {"host": app.fqdn(version.service if version else None), "port": {"number": app.port}}
    if version and version.service is None:
        destination["subset"] = version.name
    return destination


def _destinations(app: App, route: Route) -> list[dict[str, Any]]:
    versions = {version.name: version for version in app.versions}
    if len(route.weights) <= 1:
        return [{"destination": _destination(app, versions.get(name))} for name in route.weights or ("",)]
    return [
        {"destination": _destination(app, versions[name]), "weight": weight} for name, weight in route.weights.items()
    ]


def _conditions(route: Route) -> list[dict[str, Any]]:
    """The conditions as Envoy has to be told them.

    It replaces just the letters of a prefix: with /shop rewritten to /, /shop/cart would become //cart, and /shopping
    would match. Where only the replacement ends in a slash, /shop/ and /shop itself are therefore matched in its place.
    """
    conditions: list[dict[str, Any]] = []
    for match in route.match:
        prefix = match.uri.prefix if match.uri else None
        replaced = route.rewrite.uri if route.rewrite else None
        if prefix and replaced and replaced.endswith("/") and not prefix.endswith("/"):
            conditions += [request_match(match) | {"uri": uri} for uri in ({"prefix": f"{prefix}/"}, {"exact": prefix})]
        else:
            conditions.append(request_match(match))
    return conditions


def http_routes(app: App, route: Route) -> list[dict[str, Any]]:
    """What one route of an app becomes: its conditions and what it does."""
    return [given(match=_conditions(route)) | _action(app, route)]


def _action(app: App, route: Route) -> dict[str, Any]:
    if route.redirect:
        return {"redirect": given(**as_written(route.redirect)), **answer_handling(route, app)}
    if route.direct_response:
        return {"directResponse": _direct_response(route.direct_response), **answer_handling(route, app)}
    return given(
        rewrite=given(**as_written(route.rewrite)) if route.rewrite else None,
        fault=fault(route.fault) if route.fault else None,
        route=_destinations(app, route),
        **_mirror(app, route.mirror) if route.mirror else {},
        **handling(route, app),
    )


def _direct_response(response: DirectResponse) -> dict[str, Any]:
    return given(status=response.status, body={"string": response.body} if response.body else None)


def _mirror(app: App, mirror: Mirror) -> dict[str, Any]:
    version = next(each for each in app.versions if each.name == mirror.version)
    return {"mirror": _destination(app, version), "mirrorPercentage": {"value": mirror.percentage}}
