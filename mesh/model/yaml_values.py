"""What does a value of anybody's YAML hold, whatever stands there?"""

from __future__ import annotations

from typing import Any, cast


def as_map(value: Any) -> dict[str, Any]:
    """The value where it is a map; an empty one where anything else stands in its place."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def as_maps(value: Any) -> list[dict[str, Any]]:
    """The items of a list, each as a map; nothing where there is no list."""
    return [as_map(each) for each in as_list(value)]


def as_list(value: Any) -> list[Any]:
    """The value where it is a list; an empty one where anything else stands in its place."""
    return cast("list[Any]", value) if isinstance(value, list) else []
