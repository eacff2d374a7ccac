"""Which part of an app or a gateway became which part of its objects?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairlead_mesh.apps.app import App
from fairlead_mesh.findings import Path
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.lint.stack.policy_places import places_of_destination_rule
from fairlead_mesh.lint.stack.route_places import places_of_routes


def places_of_app(said: App, app: App, manifest: Manifest) -> Mapping[Path, Path]:
    """From a VirtualService or a DestinationRule of `app` to the keys of the app as it is `said` in the stack file.

    What is left to a default leads nowhere, and what is made of several keys to what holds them.
    """
    written = said.model_dump(by_alias=True, exclude_unset=True)
    return {path: _as_far_as_written(written, own) for path, own in _places_of_app(app, manifest).items()}


def _as_far_as_written(written: Any, own: Path) -> Path:
    for length, key in enumerate(own):
        try:
            written = written[key]
        except (KeyError, IndexError, TypeError):
            return own[:length]
    return own


def _places_of_app(app: App, manifest: Manifest) -> dict[Path, Path]:
    spec = manifest["spec"]
    if manifest["kind"] == "DestinationRule":
        return places_of_destination_rule(app, manifest)
    places = places_of_routes(app)
    for key, own in (("hosts", app.hosts), ("gateways", app.gateways)):
        if key in app.model_fields_set:
            places[("spec", key)] = (key,)
            named = {name.partition("/")[2] or name: place for place, name in enumerate(spec.get(key, ()))}
            found = ((named[name], number) for number, name in enumerate(own) if name in named)
            places |= {("spec", key, place): (key, number) for place, number in found}
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
