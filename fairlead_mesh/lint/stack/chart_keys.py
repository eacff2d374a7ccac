"""Which values do Istio's charts read, and which fields has a MeshConfig? A table that tools/chart_keys.py writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

from fairlead_mesh.keys.nearest import nearest

_TABLE = Path(__file__).with_suffix(".json")
_OLDEST = 22
_LEGACY = "pilot."
_NEAR_ONLY = ("global.proxy",)
"""Injection templates of one's own read what they like there; only what looks like a slip is told."""
NEWEST = 99
"""A minor version that is newer than the table, and so has what its newest one has."""
Keys = tuple[str, ...]


@dataclass(frozen=True)
class Unknown:
    """A key that nobody reads: where it stands, what was meant, and the minor versions that do read it, if any."""

    path: Keys
    value: Any
    meant: str | None
    elsewhere: tuple[int, int] | None


@cache
def _table() -> dict[str, Any]:
    return json.loads(_TABLE.read_text(encoding="utf-8"))


@cache
def _leaves(holder: str) -> dict[str, tuple[int, int]]:
    """Path -> the first and the last minor version that has it."""
    found: dict[str, str] = _table()[holder]
    return {
        path: cast("tuple[int, int]", tuple(int(minor) for minor in known.split("-"))) for path, known in found.items()
    }


def unknown_values(chart: str, minor: int, values: Mapping[str, Any]) -> Iterator[Unknown]:
    """What a chart of Istio does not read of these values: `base`, `istiod` or `gateway`, of Istio 1.`minor`."""
    yield from _unknown(chart, _within_table(minor), values, ())


def unknown_fields(minor: int, mesh_config: Mapping[str, Any]) -> Iterator[Unknown]:
    """What is no field of a MeshConfig, or of the ProxyConfig in it. Field names may be written as in the proto."""
    yield from _unknown_fields("meshConfig", minor, mesh_config, ())
    proxy = mesh_config.get("defaultConfig")
    if isinstance(proxy, dict):
        yield from _unknown_fields("meshConfig.defaultConfig", minor, cast("dict[str, Any]", proxy), ("defaultConfig",))


def _unknown_fields(message: str, minor: int, fields: Mapping[str, Any], before: Keys) -> Iterator[Unknown]:
    written = {_camel(str(key)): key for key in fields}
    plain = {camel: fields[key] for camel, key in written.items()}
    for each in _unknown(message, _within_table(minor), plain, ()):
        yield replace(each, path=(*before, written[each.path[0]]))


def _unknown(chart: str, minor: int, values: Mapping[str, Any], before: Keys) -> Iterator[Unknown]:
    for key, value in values.items():
        path = (*before, str(key))
        known = _known(chart, ".".join(path))
        if any(first <= minor <= last for first, last in known.values()):
            if ".".join(path) not in known and isinstance(value, dict):
                yield from _unknown(chart, minor, cast("dict[str, Any]", value), path)
        elif unknown := _told(chart, minor, path, value):
            yield unknown


def _told(chart: str, minor: int, path: Keys, value: Any) -> Unknown | None:
    before = ".".join(path[:-1])
    meant = nearest(path[-1], _beside(chart, minor, before))
    if before in _NEAR_ONLY and not meant:
        return None
    known = _known(chart, ".".join(path)).values()
    elsewhere = (min(first for first, _ in known), max(last for _, last in known)) if known else None
    return Unknown(path, value, meant, elsewhere)


def _known(chart: str, path: str) -> dict[str, tuple[int, int]]:
    """The leaves that the path leads to, or is; istiod's are read below `pilot` as well."""
    found = _leading(chart, path)
    if chart == "istiod" and path == _LEGACY.rstrip("."):
        return {f"{path}.": (_OLDEST, int(_table()["newest"]))}
    if chart == "istiod" and path.startswith(_LEGACY):
        found |= {f"{_LEGACY}{leaf}": known for leaf, known in _leading(chart, path.removeprefix(_LEGACY)).items()}
    return found


def _leading(chart: str, path: str) -> dict[str, tuple[int, int]]:
    return {leaf: known for leaf, known in _leaves(chart).items() if f"{leaf}.".startswith(f"{path}.")}


def _beside(chart: str, minor: int, before: str) -> list[str]:
    """The keys that are read at a place."""
    starts = {f"{before}." if before else ""}
    if chart == "istiod" and f"{before}.".startswith(_LEGACY):
        starts.add(f"{before}.".removeprefix(_LEGACY))
    leaves = [leaf for leaf, (first, last) in _leaves(chart).items() if first <= minor <= last]
    return sorted(
        {leaf.removeprefix(start).partition(".")[0] for start in starts for leaf in leaves if leaf.startswith(start)}
    )


def _within_table(minor: int) -> int:
    """A version that is newer than the table has the values of the newest that it knows."""
    return min(max(minor, _OLDEST), int(_table()["newest"]))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)
