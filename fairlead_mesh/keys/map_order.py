"""In which order are the maps of a stack file read? By their keys: Pulumi's engine hands them to a program sorted, so a
program that read them as they are written would make something else at `pulumi up` than in a diff."""

from __future__ import annotations

from typing import Any, cast


def by_key(value: Any) -> Any:
    """The same value, with every map in it ordered by the characters of its keys, as Go writes JSON: v10 before v2."""
    return _by_key(value, {})


def _by_key(value: Any, made: dict[int, Any]) -> Any:
    if not isinstance(value, (dict, list)):
        return value
    place = id(cast("object", value))
    if place in made:
        # YAML's anchors give one value to several keys.
        return made[place]
    if isinstance(value, list):
        items: list[Any] = []
        made[place] = items
        items.extend(_by_key(each, made) for each in cast("list[Any]", value))
        return items
    pairs: dict[Any, Any] = {}
    made[place] = pairs
    pairs.update({key: _by_key(each, made) for key, each in sorted(cast("dict[Any, Any]", value).items(), key=_name)})
    return pairs


def _name(pair: tuple[Any, Any]) -> str:
    return str(pair[0])
