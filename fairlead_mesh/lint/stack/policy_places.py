"""Which key of an app or a version became which part of a traffic policy?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from fairlead_mesh.apps.app import App
from fairlead_mesh.apps.traffic_policy import TrafficPolicy
from fairlead_mesh.findings import Path
from fairlead_mesh.keys.section import Manifest

Said = tuple[Path, TrafficPolicy]
_PARTS = {
    "connectionPool": ("circuitBreaker", "connectionPool"),
    "outlierDetection": ("circuitBreaker", "outlierDetection"),
    "loadBalancer": ("loadBalancing",),
}


def places_of_destination_rule(app: App, manifest: Manifest) -> dict[Path, Path]:
    """From a DestinationRule to the app's keys."""
    own = [(("versions", place), version) for place, version in enumerate(app.versions) if version.service]
    here = [(place, version) for place, version in own if app.fqdn(version.service) == manifest["spec"]["host"]]
    places = dict(_of_policy(("spec", "trafficPolicy"), [*here, ((), app)]))
    if manifest["metadata"]["name"] != app.name:
        return places
    numbers = [number for number, version in enumerate(app.versions) if version.service is None]
    for place, number in enumerate(numbers):
        subset, version = ("spec", "subsets", place), ("versions", number)
        places[subset] = version
        places |= dict(_of_policy((*subset, "trafficPolicy"), [(version, app.versions[number])]))
    return places


def _of_policy(path: Path, said: list[Said]) -> Iterator[tuple[Path, Path]]:
    for key, place in _PARTS.items():
        for owner, section in said:
            value = _at(section.model_dump(by_alias=True, exclude_none=True), place)
            if value is not None:
                yield from _of_values(value, (*path, key), (*owner, *place))
                break


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = cast("dict[Any, Any]", value).get(key) if isinstance(value, dict) else None
    return value


def _of_values(value: Any, path: Path, own: Path) -> Iterator[tuple[Path, Path]]:
    yield path, own
    for key, each in cast("dict[str, Any]", value).items() if isinstance(value, dict) else ():
        if key == "locality":
            yield from _of_localities(each, (*path, "localityLbSetting"), (*own, key))
        else:
            yield from _of_values(each, (*path, key), (*own, key))


def _of_localities(locality: dict[str, Any], path: Path, own: Path) -> Iterator[tuple[Path, Path]]:
    yield path, own
    for key in ("failover", "distribute"):
        for place, source in enumerate(locality.get(key) or {}):
            yield (*path, key), (*own, key)
            yield (*path, key, place), (*own, key, source)
    if locality.get("failoverPriority"):
        yield (*path, "failoverPriority"), (*own, "failoverPriority")
