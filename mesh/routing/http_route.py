"""What does Istio read of one route? An HTTPRoute of a VirtualService."""

from __future__ import annotations

from typing import Any

from mesh.apps.app import App
from mesh.apps.match import Match, StringMatch
from mesh.apps.route import Route
from mesh.apps.version import Version
from mesh.keys.section import given
from mesh.routing.handling import handling


def _string_match(match: StringMatch) -> dict[str, str]:
    return {key: getattr(match, key) for key in ("exact", "prefix", "regex") if getattr(match, key) is not None}


def request_match(match: Match) -> dict[str, Any]:
    """A condition on requests, as an HTTPMatchRequest."""
    return given(
        uri=_string_match(match.uri) if match.uri else None,
        method={"exact": match.method} if match.method else None,
        headers={name: _string_match(value) for name, value in sorted(match.headers.items())},
        queryParams={name: _string_match(value) for name, value in sorted(match.query_params.items())},
    )


def _destination(app: App, version: Version | None) -> dict[str, Any]:
    destination: dict[str, Any] = {"host": app.fqdn(version.service if version else None), "port": {"number": app.port}}
    if version and version.service is None:
        destination["subset"] = version.name
    return {"destination": destination}


def _destinations(app: App, route: Route) -> list[dict[str, Any]]:
    versions = {version.name: version for version in app.versions}
    if len(route.weights) <= 1:
        return [_destination(app, versions[name]) for name in route.weights] or [_destination(app, None)]
    return [{**_destination(app, versions[name]), "weight": weight} for name, weight in route.weights.items()]


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


def http_route(app: App, route: Route) -> dict[str, Any]:
    """One route of an app: its conditions and what it does."""
    conditions = _conditions(route)
    if route.redirect:
        redirect = given(**route.redirect.model_dump(by_alias=True))
        return given(match=conditions) | {"redirect": redirect}
    return given(
        match=conditions,
        rewrite=given(**route.rewrite.model_dump(by_alias=True)) if route.rewrite else None,
        route=_destinations(app, route),
        **handling(route, app),
    )
