"""What do texts hold that use nothing of YAML but maps, lists and scalars? Nearly all do: they are read in one pass, in
a third of the time, and whatever else stands in a text is left to the parser's own way."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.events import (
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from fairlead_mesh.reading.limits import DEEPEST

_STRING = "tag:yaml.org,2002:str"
_MOST = 1_000
_COLLECTIONS = (MappingStartEvent, SequenceStartEvent)


class NotSimpleError(Exception):
    """An anchor, an alias, a tag, a key that is no text or stands twice, nesting without end: only for the parser."""


@dataclass(frozen=True, slots=True)
class Extent:
    """Where a document stands, in the words of the parser's nodes."""

    start_mark: Any
    end_mark: Any


def simple_documents(loader: Any, kept: Callable[[Any], Any] | None) -> list[tuple[Any, Extent]]:
    """Every document of a parser's text that is not empty, and where it stands: of values as JSON knows them what
    `kept` makes. Raises NotSimpleError, and whatever the parser raises."""
    found: list[tuple[Any, Extent]] = []
    get = loader.get_event
    reader = _Reader(loader)
    while type(event := get()) is not StreamEndEvent:
        if type(event) is DocumentStartEvent:
            first = get()
            value, end_mark = reader.value(first, 0)
            if kept is not None:
                value = kept(value)
            if value is not None:
                found.append((value, Extent(first.start_mark, end_mark)))
    return found


class _Words(dict[str, Any]):
    """What words without quotes stand for: most are the text that they are."""

    def __init__(self, loader: Any):
        super().__init__()
        self._loader = loader

    def __missing__(self, word: str) -> Any:
        tag = self._loader.resolve(yaml.ScalarNode, word, (True, False))
        value = word if tag == _STRING else self._loader.construct_object(yaml.ScalarNode(tag, word))
        # JSON has no other number than a finite one.
        found = str(value) if isinstance(value, float) and not math.isfinite(value) else value
        if len(self) < _MOST:
            self[word] = found
        return found


class _Reader:
    """Makes values of a parser's events. It refers to itself nowhere: what it holds is freed with it, also where the
    garbage collector rests."""

    def __init__(self, loader: Any):
        self._next = loader.get_event
        self._words = _Words(loader)

    def value(self, event: Any, depth: int) -> tuple[Any, Any]:
        """The value that begins with an event, and the mark behind it."""
        if type(event) is ScalarEvent:
            return self._scalar(event), event.end_mark
        if type(event) not in _COLLECTIONS or depth > DEEPEST or event.anchor is not None or event.tag is not None:
            raise NotSimpleError
        return self._map(depth + 1) if type(event) is MappingStartEvent else self._list(depth + 1)

    def _scalar(self, event: Any) -> Any:
        if event.anchor is not None or event.tag is not None:
            raise NotSimpleError
        return self._words[event.value] if event.implicit[0] else event.value

    def _map(self, depth: int) -> tuple[Any, Any]:
        made: dict[str, Any] = {}
        following, scalar = self._next, self._scalar
        while type(event := following()) is not MappingEndEvent:
            key = scalar(event) if type(event) is ScalarEvent else None
            if type(key) is not str or key in made:
                raise NotSimpleError
            event = following()
            made[key] = scalar(event) if type(event) is ScalarEvent else self.value(event, depth)[0]
        return made, event.end_mark

    def _list(self, depth: int) -> tuple[Any, Any]:
        made: list[Any] = []
        following, scalar = self._next, self._scalar
        while type(event := following()) is not SequenceEndEvent:
            made.append(scalar(event) if type(event) is ScalarEvent else self.value(event, depth)[0])
        return made, event.end_mark
