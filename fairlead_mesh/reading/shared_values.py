"""How is what thousands of objects repeat kept once? Equal texts, maps and lists of different objects are one value."""

from __future__ import annotations

import json
import math
from typing import Any, cast

_MOST = 2_000


class SharedValues:
    """Values as JSON knows them: keys are text. What is equal to one that was seen is that one, so nobody may change
    what comes from here."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def of(self, value: Any) -> Any:
        """The value; it must not hold itself."""
        if len(self._known) > _MOST:
            self._known = {}
        return self._plain(value, {})

    def _plain(self, value: Any, copied: dict[int, Any]) -> Any:
        if isinstance(value, str):
            return self._known.setdefault(value, value)
        if value is None or isinstance(value, (bool, int)) or (isinstance(value, float) and math.isfinite(value)):
            return self._known.setdefault((type(value), value), value)
        if not isinstance(value, (dict, list)):
            return self._known.setdefault(str(value), str(cast("object", value)))
        place = id(cast("object", value))
        if place not in copied:
            copied[place] = (
                self._map(cast("dict[Any, Any]", value), copied)
                if isinstance(value, dict)
                else self._list(cast("list[Any]", value), copied)
            )
        return copied[place]

    def _map(self, value: dict[Any, Any], copied: dict[int, Any]) -> Any:
        made = {self._plain(_key(key), copied): self._plain(inner, copied) for key, inner in value.items()}
        return self._one(made, (dict, *map(id, made), *map(id, made.values())))

    def _list(self, value: list[Any], copied: dict[int, Any]) -> Any:
        made = [self._plain(inner, copied) for inner in value]
        return self._one(made, (list, *map(id, made)))

    def _one(self, made: Any, parts: tuple[Any, ...]) -> Any:
        """The first that had the same parts, which live as long as it is known."""
        return self._known.setdefault(parts, made)


def _key(key: Any) -> str:
    return key if isinstance(key, str) else json.dumps(key, default=str)
