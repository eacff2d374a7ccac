"""Where in its text does an object stand? Its nodes know their lines, and take twenty times the text's memory: they are
read again when somebody asks for a line."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, overload

from fairlead_mesh.reading.documents import UNREADABLE, nodes

_FASTEST = 1
_FEW = 2
_UNSIGNED = "Q"
Node = Any
Steps = tuple[str | int, ...]


class Root:
    """A document: its node, the lines `above` it in its file, and the `steps` in it that lead to an object."""

    def __init__(self, node: Node, above: int = 0, steps: Steps = ()):
        self.node = node
        self.above = above
        self.steps = steps


class Roots(Sequence[Root]):
    """The documents of a text, those of a list one by one; each is read again when it is asked for."""

    def __init__(self, text: str = ""):
        self._packed = zlib.compress(text.encode("utf-8", "surrogatepass"), _FASTEST)
        # A directive stands before the document that it is about.
        self._directives = text.startswith("%") or "\n%" in text
        self._starts, self._ends, self._lines = array(_UNSIGNED), array(_UNSIGNED), array(_UNSIGNED)
        self._steps: dict[int, Steps] = {}
        self._end = (0, 0)

    def begin(self, node: Node) -> tuple[int, int, int]:
        """What is kept of the next document: where it starts and ends, and the lines above it."""
        begin, end = node.start_mark, node.end_mark
        start, above = self._end if self._directives else (begin.index - begin.column, begin.line)
        self._end = (end.index, end.line)
        return start, end.index, above

    def append(self, of_document: tuple[int, int, int], steps: Steps) -> None:
        """Add an object of a document."""
        if steps:
            self._steps[len(self._starts)] = steps
        for listed, value in zip((self._starts, self._ends, self._lines), of_document, strict=True):
            listed.append(value)

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> Root: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Root]: ...
    def __getitem__(self, index: int | slice) -> Root | Sequence[Root]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        node = _node(self._packed, self._starts[index], self._ends[index])
        return Root(node, self._lines[index], self._steps.get(index, ()))


@lru_cache(maxsize=_FEW)
def _text(packed: bytes) -> str:
    return zlib.decompress(packed).decode("utf-8", "surrogatepass")


@lru_cache(maxsize=_FEW)
def _node(packed: bytes, start: int, end: int) -> Node:
    """A document's node, or None where its text is none by itself."""
    try:
        # The mark that ends the document before may stand here.
        return next(nodes(_text(packed)[start:end].removeprefix("...")), None)
    except UNREADABLE:
        return None
