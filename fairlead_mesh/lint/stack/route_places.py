"""Which key of a route, or of its app, became which part of an HTTPRoute?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from fairlead_mesh.apps.app import App
from fairlead_mesh.apps.handling import Handling
from fairlead_mesh.apps.route import Route
from fairlead_mesh.findings import Path
from fairlead_mesh.routing.http_route import http_routes

_SAME = ("rewrite", "redirect", "directResponse", "mirror", "fault", "delegate")


def places_of_routes(app: App) -> dict[Path, Path]:
    """From the HTTP routes of an app's VirtualService to its keys; what it leaves to a default leads nowhere."""
    places: dict[Path, Path] = {}
    number = 0
    if app.protocol != "HTTP":
        return dict(_of_connections(app))
    for place, route in enumerate(app.every_route):
        for made in http_routes(app, route):
            path, own = ("spec", "http", number), ("routes", place)
            if app.routes:
                places |= dict(_of_route(route, own, path, made))
            places |= _of_handling((own, route), ((), app), path=path, made=made)
            number += 1
    return places


def _of_connections(app: App) -> Iterator[tuple[Path, Path]]:
    for number, route in enumerate(app.routes):
        path: Path = ("spec", app.protocol.lower(), number)
        yield path, ("routes", number)
        for place, name in enumerate(route.shares):
            yield (*path, "route", place), ("routes", number, "weights", name)


def _of_route(route: Route, own: Path, path: Path, made: Mapping[str, Any]) -> Iterator[tuple[Path, Path]]:
    """From a route's parts to those of the key that it is made of, down to a condition and a weight."""
    yield path, own
    for key in [key for key in _SAME if key in made]:
        yield (*path, key), (*own, key)
    if route.mirror and "percentage" in route.mirror.model_fields_set:
        yield (*path, "mirrorPercentage"), (*own, "mirror", "percentage")
    for place, name in enumerate(route.shares):
        yield (*path, "route", place), (*own, "weights", name)
    # A rewritten prefix may be matched in two ways, which shifts the others.
    if len(made.get("match", ())) == len(route.match):
        for place, conditions in enumerate(made.get("match", ())):
            yield from _of_values(conditions, (*path, "match", place), (*own, "match", place))


def _of_handling(*said: tuple[Path, Handling], path: Path, made: Mapping[str, Any]) -> dict[Path, Path]:
    """From what is done to the requests of a route to the keys of the route, else of the app."""
    places: dict[Path, Path] = {}
    for name, field in Handling.model_fields.items():
        key = str(field.alias)
        owner = next((owner for owner, section in said if name in section.handled), None)
        if owner is not None and key in made:
            places |= dict(_of_values(made[key], (*path, key), (*owner, key)))
    return places


def _of_values(value: Any, path: Path, own: Path) -> Iterator[tuple[Path, Path]]:
    # A plain string is written for an exact one, so that this leads to what holds it.
    yield path, own
    fields = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    for key, each in ((key, each) for key, each in fields.items() if key != "exact"):
        yield from _of_values(each, (*path, key), (*own, key))
