"""Which lines of a stack file are to be written? Keys by their paths, as they stand there."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from fairlead_mesh.config import Config
from fairlead_mesh.keys.project import PROJECT
from fairlead_mesh.maturity.keys_of_steps import KeyPath

Lines = dict[str, Any]


def lines(keys: Iterable[tuple[KeyPath, object]], config: Config) -> Lines:
    """Below `config:`; items of lists with the name by which the file has them."""
    found: Lines = {}
    for path, value in keys:
        section, *rest = path
        if section in ("apps", "namespaces"):
            item = _item(found.setdefault(f"{PROJECT}:{section}", []), _name(config, str(section), rest[0]))
            _set(item, rest[1:], value)
        else:
            _set(found.setdefault(f"{PROJECT}:{section}", {}), rest, value)
    return found


def _name(config: Config, section: str, place: str | int) -> str:
    return getattr(config, section)[place].name if isinstance(place, int) else place


def _item(items: list[dict[str, Any]], name: str) -> dict[str, Any]:
    found = next((each for each in items if each["name"] == name), None)
    if found is None:
        items.append(found := {"name": name})
    return found


def _set(fields: dict[str, Any], path: list[str | int], value: object) -> None:
    *before, last = path
    for key in before:
        fields = fields.setdefault(str(key), {})
    # A copy each: YAML would write the second of the same as an alias.
    fields[str(last)] = deepcopy(value)
