"""Is a key written twice in one map? The last one wins silently, and the API server rejects both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from fairlead.lint.linted import Placed
from fairlead.yaml_files.positions import Place
from mesh.findings import Finding

_MERGE = "tag:yaml.org,2002:merge"


def duplicate_keys(roots: Mapping[str, Sequence[Any]]) -> Iterator[Placed]:
    """The findings on the nodes of files, each at the second key, with the line of the first."""
    for file, documents in roots.items():
        seen: set[int] = set()
        for root in documents:
            yield from _of_node(file, root, seen)


def _of_node(file: str, root: Any, seen: set[int]) -> Iterator[Placed]:
    waiting = [root]
    while waiting:
        content: Any = getattr(waiting[-1], "value", None)
        node = waiting.pop()
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
                if key.value in first:
                    yield _twice(file, key, first[key.value])
                first.setdefault(key.value, key.start_mark.line + 1)


def _twice(file: str, key: Any, first: int) -> Placed:
    line, column = key.start_mark.line + 1, key.start_mark.column + 1
    again = "here" if first == line else f"on line {first} and here"
    message = f"the key {key.value} is used twice, {again}: kubectl rejects the object, other tools take the last one"
    remedy = "Remove one of the two."
    return Placed(Finding("yaml", (), None, message, remedy=remedy, source=file), file, Place(line, column))
