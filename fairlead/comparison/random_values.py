"""Which values of a chart are chance? Those that two renderings of the same release do not have in common."""

from __future__ import annotations

from typing import Any, cast

RANDOM_VALUE = "[generated at each rendering]"


def without_random_values(once: Any, again: Any) -> Any:
    """The first rendering, with `RANDOM_VALUE` for every value that the second one has otherwise."""
    if isinstance(once, dict) and isinstance(again, dict):
        one, other = cast("dict[str, Any]", once), cast("dict[str, Any]", again)
        return {key: without_random_values(value, other.get(key)) for key, value in one.items()}
    if isinstance(once, list) and isinstance(again, list):
        items, others = cast("list[Any]", once), cast("list[Any]", again)
        if len(items) == len(others):
            return [without_random_values(item, other) for item, other in zip(items, others, strict=True)]
    return cast("Any", once) if once == again else RANDOM_VALUE
