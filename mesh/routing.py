"""Which Istio objects route an app? VirtualServices and a DestinationRule, or nothing where nothing is needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mesh.apps import App, Match, Route, StringMatch, Version
from mesh.keys.section import Manifest, given
from mesh.model.hostnames import covers
from mesh.model.request_words import redirect_in_words, requests_in_words
from mesh.model.virtual_service import MESH


def _string_match(match: StringMatch) -> dict[str, str]:
    return {key: getattr(match, key) for key in ("exact", "prefix", "regex") if getattr(match, key) is not None}


def _match(match: Match) -> dict[str, Any]:
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
            conditions += [_match(match) | {"uri": uri} for uri in ({"prefix": f"{prefix}/"}, {"exact": prefix})]
        else:
            conditions.append(_match(match))
    return conditions


def _http_route(app: App, route: Route) -> dict[str, Any]:
    conditions = _conditions(route)
    if route.redirect:
        redirect = given(**route.redirect.model_dump(by_alias=True))
        return given(match=conditions) | {"redirect": redirect}
    return given(
        match=conditions,
        rewrite=given(**route.rewrite.model_dump(by_alias=True)) if route.rewrite else None,
        route=_destinations(app, route),
    )


def _routes(app: App) -> list[Route]:
    return app.routes or [Route()]


def virtual_services(app: App, gateway_objects: Mapping[str, str]) -> list[Manifest]:
    """How requests reach `app`: one VirtualService, or none where its Service alone does the same.

    `gateway_objects` has the `namespace/name` of the Istio Gateway of each gateway. An app whose hosts take in its own
    name, as `*` does, gets a second one for its callers inside the mesh: the webhook refuses `*` on sidecars, and a
    host that is there twice.
    """
    outside = [gateway_objects[name] for name in app.ingress_gateways]
    inside = [MESH] if MESH in app.gateways and app.routes else []
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
    spec = {"hosts": hosts, "gateways": gateways, "http": [_http_route(app, route) for route in _routes(app)]}
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": name, "namespace": app.namespace},
        "spec": spec,
    }


def destination_rule(app: App) -> Manifest | None:
    """The subsets of `app`; none where no version is told by labels."""
    subsets = [
        {"name": version.name, "labels": dict(sorted(version.labels.items())) or {"version": version.name}}
        for version in app.subsets
    ]
    if not subsets:
        return None
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "DestinationRule",
        "metadata": {"name": app.name, "namespace": app.namespace},
        "spec": {"host": app.fqdn(), "subsets": subsets},
    }


def expected_split(app: App) -> list[dict[str, str]]:
    """What each route does, in words: which requests it takes and the share of each version."""
    return [
        {"requests": requests_in_words([_match(match) for match in route.match]), "to": _action_in_words(app, route)}
        for route in _routes(app)
    ]


def _action_in_words(app: App, route: Route) -> str:
    if route.redirect:
        return redirect_in_words(given(**route.redirect.model_dump(by_alias=True)))
    shares = [f"{name} {weight} %" for name, weight in route.weights.items() if weight > 0]
    return ", ".join(shares) or f"{app.service_name} 100 %"
