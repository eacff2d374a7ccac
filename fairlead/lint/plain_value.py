"""What would Kubernetes read? A YAML value as JSON knows it: keys are text, and nothing holds itself."""

from __future__ import annotations

import json
import math
from typing import Any, cast


class RecursiveValueError(Exception):
    """An alias leads back to what it stands in, which no object can."""


def plain_value(value: Any) -> Any:
    """The value with keys as text; what an alias repeats is copied once. Raises RecursiveValueError."""
    return _plain(value, {})


def _plain(value: Any, known: dict[int, Any]) -> Any:
    if isinstance(value, (str, int)) or value is None or (isinstance(value, float) and math.isfinite(value)):
        return value
    if not isinstance(value, (dict, list)):
        return str(cast("object", value))
    place = id(cast("object", value))
    if place in known:
        if known[place] is None:
            raise RecursiveValueError("an alias leads back to what it stands in")
        return known[place]
    known[place] = None
    if isinstance(value, dict):
        keys = cast("dict[Any, Any]", value)
        known[place] = {_key(key): _plain(inner, known) for key, inner in keys.items()}
    else:
        known[place] = [_plain(inner, known) for inner in cast("list[Any]", value)]
    return known[place]


def _key(key: Any) -> str:
    return key if isinstance(key, str) else json.dumps(key, default=str)
