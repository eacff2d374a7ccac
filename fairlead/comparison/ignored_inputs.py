"""Which inputs does an update leave as they are? Those that a resource ignores (Pulumi's ignoreChanges)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from fairlead.comparison.comparison import Side
from fairlead.evaluation.snapshot import Resource

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
Steps = list[str | int]


def as_updated(before: Side, after: Side) -> Side:
    """The later side as an update leaves it: what its resources ignore is as it was, where both sides have it."""
    known = before.snapshot.by_urn
    resources = tuple(_as_updated(known.get(each.urn), each) for each in after.snapshot.resources)
    return replace(after, snapshot=replace(after.snapshot, resources=resources))


def _as_updated(old: Resource | None, new: Resource) -> Resource:
    paths = new.options.get("ignoreChanges", ()) if old else ()
    if old is None or not paths:
        return new
    inputs = deepcopy(dict(new.inputs))
    for path in paths:
        *way, last = [int(place) if place else key for key, place in _STEP.findall(path)]
        was, now = _at(old.inputs, way), _at(inputs, way)
        if _has(was, last) and _has(now, last):
            now[last] = was[last]
    return replace(new, inputs=inputs)


def _at(value: Any, way: Steps) -> Any:
    for step in way:
        if not _has(value, step):
            return None
        value = value[step]
    return value


def _has(value: Any, step: str | int) -> bool:
    if isinstance(step, int):
        return isinstance(value, list) and step < len(value)  # pyright: ignore[reportUnknownArgumentType]
    return isinstance(value, Mapping) and step in value
