"""What does a value of anybody's YAML hold, whatever stands there?"""

from __future__ import annotations

import json
import math
from typing import Any, cast


def as_map(value: Any) -> dict[str, Any]:
    """The value where it is a map; an empty one where anything else stands in its place."""
    # A cast is a call, of which a lint of a thousand objects would make half a million.
    return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def as_maps(value: Any) -> list[dict[str, Any]]:
    """The items of a list, each as a map; nothing where there is no list."""
    return [as_map(each) for each in as_list(value)]


def as_list(value: Any) -> list[Any]:
    """The value where it is a list; an empty one where anything else stands in its place."""
    return value if isinstance(value, list) else []  # pyright: ignore[reportUnknownVariableType]


def plain_value(value: Any) -> Any:
    """The value as JSON knows it: keys are text; what an alias repeats is copied once. It must not hold itself."""
    return _plain(value, {})


def _plain(value: Any, known: dict[int, Any]) -> Any:
    if isinstance(value, (str, int)) or value is None or (isinstance(value, float) and math.isfinite(value)):
        return value
    if not isinstance(value, (dict, list)):
        return str(cast("object", value))
    place = id(cast("object", value))
    if place not in known:
        if isinstance(value, dict):
            keys = cast("dict[Any, Any]", value)
            known[place] = {_key(key): _plain(inner, known) for key, inner in keys.items()}
        else:
            known[place] = [_plain(inner, known) for inner in cast("list[Any]", value)]
    return known[place]


def _key(key: Any) -> str:
    return key if isinstance(key, str) else json.dumps(key, default=str)
