"""What does Istio read of one route? HTTPRoutes of a VirtualService."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead_mesh.apps.app import App
from fairlead_mesh.apps.client_headers import COOKIE
from fairlead_mesh.apps.handling import Handling
from fairlead_mesh.apps.match import CookieMatch, Match, StringMatch
from fairlead_mesh.apps.route import DirectResponse, Mirror, Route
from fairlead_mesh.apps.version import Version
from fairlead_mesh.apps.weights import Weights
from fairlead_mesh.keys.scalars import seconds
from fairlead_mesh.keys.section import given
from fairlead_mesh.routing.handling import answer_handling, fault, handling, string_match
from fairlead_mesh.routing.written import as_written


def request_match(match: Match) -> dict[str, Any]:
    """A condition on requests, as an HTTPMatchRequest."""
    return given(
        uri=string_match(match.uri) if match.uri else None,
        port=match.port,
        method={"exact": match.method} if match.method else None,
        headers={name: string_match(value) for name, value in sorted(match.headers.items())},
        withoutHeaders={name: string_match(value) for name, value in sorted(match.without_headers.items())},
        queryParams={name: string_match(value) for name, value in sorted(match.query_params.items())},
    )


def _destination(app: App, version: Version | None) -> dict[str, Any]:
    port = version.port if version and version.port else app.port
    destination: dict[str, Any] = {"host": app.fqdn(version.service if version else None), "port": {"number": port}}
    if version and version.service is None:
        destination["subset"] = version.name
    return destination


def destinations(app: App, route: Route) -> list[dict[str, Any]]:
    """Where a route sends requests or connections, with weights where there are several."""
    versions, shares = {version.name: version for version in app.versions}, app.shares(route)
    if len(shares) <= 1:
        return [{"destination": _destination(app, versions.get(name))} for name in shares or ("",)]
    return [
        {"destination": _destination(app, versions[name]), "weight": weight} | _first_cookie(route, name)
        for name, weight in shares.items()
    ]


def _first_cookie(route: Route, version: str) -> dict[str, Any]:
    """What makes a client that was shared out to a version stay there."""
    if not route.sticky:
        return {}
    age = [f"Max-Age={seconds(route.sticky.max_age)}"] if route.sticky.max_age else []
    cookie = "; ".join([f"{route.sticky.cookie}={version}", "Path=/", "HttpOnly", *age])
    return {"headers": {"response": {"add": {"set-cookie": cookie}}}}


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
    """What one route of an app becomes: its conditions and what it does. A sticky one is preceded by a route for each
    version, which takes the clients that stay there."""
    return [
        given(name=each.name, match=_conditions(each)) | _action(app, each)
        for each in (*_of_those_who_stay(route), route)
    ]


def _of_those_who_stay(route: Route) -> Iterator[Route]:
    for version, weight in route.shares.items() if route.sticky else ():
        if route.sticky and weight:
            cookie = CookieMatch(name=route.sticky.cookie, value=version)
            stays = {COOKIE: StringMatch(regex=cookie.regex)}
            match = [each.model_copy(update={"headers": each.headers | stays}) for each in route.match or [Match()]]
            weights = Weights.model_validate({version: 100})
            name = f"{route.name}-{version}" if route.name else None
            yield route.model_copy(update={"name": name, "match": match, "weights": weights, "sticky": None})


def _action(app: App, route: Route) -> dict[str, Any]:
    if route.redirect:
        return {"redirect": given(**as_written(route.redirect)), **answer_handling(route, app)}
    if route.direct_response:
        return {"directResponse": _direct_response(route.direct_response), **answer_handling(route, app)}
    if route.delegate:
        return {"delegate": as_written(route.delegate)} | _way(app, route, route)
    return {**_way(app, route, route, app), "route": destinations(app, route)}


def _way(app: App, route: Route, *said: Handling) -> dict[str, Any]:
    """What is done to requests on their way to a destination."""
    return given(
        rewrite=given(**as_written(route.rewrite)) if route.rewrite else None,
        fault=fault(route.fault) if route.fault else None,
        **_mirror(app, route.mirror) if route.mirror else {},
        **handling(*said),
    )


def _direct_response(response: DirectResponse) -> dict[str, Any]:
    return given(status=response.status, body={"string": response.body} if response.body else None)


def _mirror(app: App, mirror: Mirror) -> dict[str, Any]:
    version = next(each for each in app.versions if each.name == mirror.version)
    return {"mirror": _destination(app, version), "mirrorPercentage": {"value": mirror.percentage}}
