"""Which part of an app or a gateway became which part of its objects?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from mesh.apps.app import App
from mesh.apps.handling import Handling
from mesh.apps.route import Route
from mesh.findings import Path
from mesh.gateways import Gateway
from mesh.keys.section import Manifest
from mesh.lint.stack.policy_places import places_of_destination_rule


def places_of_app(app: App, manifest: Manifest) -> Mapping[Path, Path]:
    """From a VirtualService or a DestinationRule to the app's keys; what the app leaves to a default leads nowhere."""
    spec = manifest["spec"]
    if manifest["kind"] == "DestinationRule":
        return places_of_destination_rule(app, manifest)
    places: dict[Path, Path] = {}
    for number, (route, made) in enumerate(zip(app.every_route, spec["http"], strict=True)):
        path, own = ("spec", "http", number), ("routes", number)
        if app.routes:
            places |= _places_of_route(route, own, path, made)
        places |= _places_of_handling((own, route), ((), app), path=path, made=made)
    for key, own in (("hosts", app.hosts), ("gateways", app.gateways)):
        if key in app.model_fields_set:
            places[("spec", key)] = (key,)
            named = {name.partition("/")[2] or name: place for place, name in enumerate(spec[key])}
            found = ((named[name], number) for number, name in enumerate(own) if name in named)
            places |= {("spec", key, place): (key, number) for place, number in found}
    return places


def _places_of_route(route: Route, own: Path, path: Path, made: Mapping[str, Any]) -> dict[Path, Path]:
    """From a route's parts to those of the key that it is made of, down to a condition and a weight."""
    places: dict[Path, Path] = {path: own}
    places |= {(*path, key): (*own, key) for key in ("rewrite", "redirect") if getattr(route, key)}
    for place, name in enumerate(route.weights):
        places[(*path, "route", place)] = (*own, "weights", name)
    # A rewritten prefix may be matched in two ways, which shifts the others.
    if len(made.get("match", ())) == len(route.match):
        for place, conditions in enumerate(made.get("match", ())):
            places |= _places_of_values(conditions, (*path, "match", place), (*own, "match", place))
    return places


def _places_of_handling(*said: tuple[Path, Handling], path: Path, made: Mapping[str, Any]) -> dict[Path, Path]:
    """From what is done to the requests of a route to the keys of the route, else of the app."""
    places: dict[Path, Path] = {}
    for key in ("timeout", "retries"):
        owner = next((owner for owner, section in said if key in section.handled), None)
        if owner is not None and key in made:
            places |= _places_of_values(made[key], (*path, key), (*owner, key))
    return places


def _places_of_values(value: Any, path: Path, own: Path) -> dict[Path, Path]:
    # A plain string is written for an exact one, so that this leads to what holds it.
    places = {path: own}
    fields = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    for key, each in ((key, each) for key, each in fields.items() if key != "exact"):
        places |= _places_of_values(each, (*path, key), (*own, key))
    return places


def places_of_gateway(gateway: Gateway, manifest: Manifest) -> Mapping[Path, Path]:
    """From a Gateway object to the gateway's keys."""
    places: dict[Path, Path] = {("spec", "selector"): ("selector",)} if gateway.selector else {}
    if "ports" not in gateway.model_fields_set:
        return places
    numbers = {port.port: place for place, port in enumerate(gateway.ports)}
    for place, server in enumerate(manifest["spec"]["servers"]):
        number = numbers[server["port"]["number"]]
        port = gateway.ports[number]
        places[("spec", "servers", place)] = ("ports", number)
        places |= {
            ("spec", "servers", place, key): ("ports", number, key)
            for key in ("hosts", "tls")
            if key in port.model_fields_set
        }
        for index in range(len(port.hosts or [])):
            places[("spec", "servers", place, "hosts", index)] = ("ports", number, "hosts", index)
        if "credential_name" in (port.tls.model_fields_set if port.tls else ()):
            places[("spec", "servers", place, "tls", "credentialName")] = ("ports", number, "tls", "credentialName")
    return places
