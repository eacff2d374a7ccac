"""Has every value of a MeshConfig, or of a ProxyConfig in one or in an annotation, the type that Istio reads there?

The table is made by tools/mesh_types.py. Istio reads them as JSON of protobuf: numbers may be in quotes, and what is
text must be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from fairlead_mesh.findings import Path as FindingPath
from fairlead_mesh.keys.duration import nanoseconds
from fairlead_mesh.keys.nearest import nearest

_TABLE = Path(__file__).with_suffix(".json")
_WHOLE = re.compile(r"-?\d+")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")


@dataclass(frozen=True)
class WrongType:
    """A value of another type: where it stands, what it should be, and what to write."""

    path: FindingPath
    value: Any
    should: str
    remedy: str


@cache
def _messages() -> dict[str, dict[str, Any]]:
    return json.loads(_TABLE.read_text(encoding="utf-8"))["messages"]


def wrong_types(message: str, value: Mapping[str, Any], path: FindingPath = ()) -> Iterator[WrongType]:
    """Those in a `MeshConfig` or a `ProxyConfig`; of fields that neither has, nothing is said."""
    fields = _messages()[message]
    for key, each in value.items():
        if each is not None and key in fields:
            yield from _of_field(fields[key], each, (*path, key))


def _of_field(kind: Any, value: Any, path: FindingPath) -> Iterator[WrongType]:
    if isinstance(kind, dict):
        yield from _of_several(cast("dict[str, Any]", kind), value, path)
    elif isinstance(kind, str) and kind in _messages():
        if isinstance(value, dict):
            yield from wrong_types(kind, cast("dict[str, Any]", value), path)
        else:
            yield WrongType(path, value, "a map", f"write a map with {', '.join([*_messages()[kind]][:3])}")
    elif wrong := _of_scalar(kind, value):
        yield WrongType(path, value, *wrong)


def _of_several(kind: dict[str, Any], value: Any, path: FindingPath) -> Iterator[WrongType]:
    shape, inner = next(iter(kind.items()))
    if shape == "list":
        if isinstance(value, list):
            for index, each in enumerate(cast("list[Any]", value)):
                yield from _of_field(inner, each, (*path, index))
        else:
            yield WrongType(path, value, "a list", "put a - before each item")
    elif isinstance(value, dict):
        for key, each in cast("dict[str, Any]", value).items():
            yield from _of_field(inner, each, (*path, str(key)))
    else:
        yield WrongType(path, value, "a map", "write key: value pairs")


def _of_scalar(kind: Any, value: Any) -> tuple[str, str] | None:
    """What a value should be, and what to write; None for a good one."""
    text = str(value)
    if isinstance(kind, list):
        names = cast("list[str]", kind)
        fits = text in names or (isinstance(value, int) and not isinstance(value, bool))
        meant = nearest(text, names) or " or ".join(names)
        return None if fits else (f"one of {', '.join(names)}", f"write {meant}")
    if kind == "boolean":
        return None if isinstance(value, bool) else ("true or false", "write true or false, without quotes")
    if kind == "text":
        plain = text.lower() if isinstance(value, bool) else text
        return None if isinstance(value, str) else ("text", f'put it in quotes: "{plain}"')
    if kind == "duration":
        good = isinstance(value, str) and nanoseconds(value) is not None
        return None if good else ("a duration", "write a duration such as 10s")
    if kind in ("whole", "number"):
        pattern = _WHOLE if kind == "whole" else _NUMBER
        good = not isinstance(value, (bool, dict, list)) and pattern.fullmatch(text.removesuffix(".0"))
        return None if good else ("a whole number" if kind == "whole" else "a number", "write a number")
    return None
