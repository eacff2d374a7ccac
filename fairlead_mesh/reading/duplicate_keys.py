"""Is a key written twice in one map? The last one wins silently, and the API server rejects both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

_MERGE = "tag:yaml.org,2002:merge"


@dataclass(frozen=True)
class DuplicateKey:
    """A key that stands in its map once more: its place, and the line of the first one."""

    key: str
    line: int
    column: int
    first: int

    @property
    def message(self) -> str:
        again = "here" if self.first == self.line else f"on line {self.first} and here"
        return f"the key {self.key} is used twice, {again}: kubectl rejects the object, other tools take the last one"


def duplicate_keys(root: Any) -> Iterator[DuplicateKey]:
    """Those in a document's node, each at the second key."""
    waiting, seen = [root], set[int]()
    while waiting:
        node = waiting.pop()
        content: Any = getattr(node, "value", None)
        if not isinstance(content, list) or id(node) in seen:
            continue
        seen.add(id(node))
        first: dict[str, int] = {}
        for part in cast("list[Any]", content):
            if not isinstance(part, tuple):
                waiting.append(part)
                continue
            key, value = cast("tuple[Any, Any]", part)
            waiting.append(value)
            if isinstance(key.value, str) and key.tag != _MERGE:
                line = key.start_mark.line + 1
                if key.value in first:
                    yield DuplicateKey(key.value, line, key.start_mark.column + 1, first[key.value])
                first.setdefault(key.value, line)
