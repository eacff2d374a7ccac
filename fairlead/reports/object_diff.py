"""What is another in an object, line by line? Its two states as YAML, and only what a reader needs around a change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fairlead.comparison.comparison import RELEASE, Change, How
from fairlead.reports.line_diff import paired
from fairlead.reports.yaml_lines import Line, dotted, yaml_lines
from fairlead_mesh.findings import Path

_CONTEXT = 3
_FURTHEST = 12
"""How far above a changed line the start of its list item is still shown."""

Signed = tuple[str, Line]


@dataclass(frozen=True)
class Fold:
    """Changes that are one and the same in all objects of `changes`, told once. Mostly there is but one object."""

    changes: tuple[Change, ...]

    @property
    def first(self) -> Change:
        return self.changes[0]

    @cached_property
    def lines(self) -> list[str]:
        """The diff; of several objects only what they have in common."""
        return object_diff(self.first, context=_CONTEXT if len(self.changes) == 1 else 0)


@dataclass(frozen=True)
class Release:
    """What its chart's objects are another in; `home` is `namespace/name`."""

    home: str
    folds: tuple[Fold, ...]


def folded(changes: Sequence[Change]) -> list[Fold]:
    """The changes of the stack's own resources, in order; what a chart brings is told in `of_charts`."""
    return list(_folds(each for each in changes if not each.chart_of))


def of_charts(changes: Sequence[Change]) -> dict[str, Release]:
    """`namespace/name` of each release whose objects differ -> what differs."""
    homes: dict[str, list[Change]] = {}
    for change in changes:
        if change.chart_of:
            homes.setdefault(change.chart_of, []).append(change)
    return {home: Release(home, tuple(_folds(inner))) for home, inner in homes.items()}


def _folds(changes: Iterable[Change]) -> Iterator[Fold]:
    same: dict[Any, list[Change]] = {}
    for number, change in enumerate(changes):
        same.setdefault(_likeness(change) or number, []).append(change)
    return (Fold(tuple(each)) for each in same.values())


def _likeness(change: Change) -> Any:
    """What is equal for two changes that read the same; None for one that stands for itself."""
    if change.how in (How.ADDED, How.REMOVED) or change.kind == RELEASE:
        return None
    return change.how, tuple((each.path, repr(each.old), repr(each.new)) for each in change.differences)


def object_diff(change: Change, *, context: int = _CONTEXT) -> list[str]:
    """Lines with `+`, `-` or a space before them; `@@ path @@` where lines were left out."""
    old, new = _state(change, change.old, "before"), _state(change, change.new, "after")
    if change.old is None or change.new is None:
        sign, lines = ("+", new) if change.old is None else ("-", old)
        return [f"{sign}{line.text}" for line in lines]
    merged = _merged(old, new)
    return list(_written(merged, _shown(merged, context)))


def _state(change: Change, manifest: Any, side: str) -> list[Line]:
    """An object, and the options of its resource where they are another too."""
    if manifest is None:
        return []
    lines = yaml_lines(dict(manifest))
    resource = getattr(change, side)
    if resource is not None and any(each.path.startswith("options.") for each in change.differences):
        options = {key: value for key, value in resource.options.items() if key != "aliases"}
        lines += yaml_lines({"options": options})
    return lines


def _merged(old: list[Line], new: list[Line]) -> list[Signed]:
    """Both states as one sequence; what stays is there once."""
    pairs = paired([line.text for line in old], [line.text for line in new])
    return [_signed(place, other, old, new) for place, other in pairs]


def _signed(place: int | None, other: int | None, old: list[Line], new: list[Line]) -> Signed:
    if other is not None:
        return (" " if place is not None else "+"), new[other]
    return "-", old[place or 0]


def _shown(merged: list[Signed], context: int) -> list[bool]:
    """Which lines are shown: what changes, some lines around it, and the list item's head that says whose it is."""
    shown = [False] * len(merged)
    for number, (sign, line) in enumerate(merged):
        if sign != " ":
            start = min(max(0, number - context), _item_start(merged, number, line) if context else number)
            end = min(len(merged), number + context + 1)
            shown[start:end] = [True] * (end - start)
    return shown


def _item_start(merged: list[Signed], number: int, line: Line) -> int:
    indexes = [place for place, part in enumerate(line.path) if isinstance(part, int)]
    if not indexes:
        return number
    item = line.path[: indexes[-1] + 1]
    for start in range(number, max(0, number - _FURTHEST) - 1, -1):
        if start == 0 or merged[start - 1][1].path[: len(item)] != item:
            return start
    return number


def _written(merged: list[Signed], shown: list[bool]) -> Iterator[str]:
    for number, (sign, line) in enumerate(merged):
        if not shown[number]:
            continue
        if number and not shown[number - 1]:
            yield f"@@ {dotted(_first_changed(merged, number))} @@"
        yield f"{sign}{line.text}"


def _first_changed(merged: list[Signed], number: int) -> Path:
    return next(line.path for sign, line in merged[number:] if sign != " ")
