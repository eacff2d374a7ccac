"""How do calls between apps run? On the right of the rows: a line for each app that calls, to each that it calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from fairlead.picture.drawing.shapes import Dot, Group, Shape, Stroke
from fairlead.picture.model.model import Call, Place

_STEP, _BEGIN, _APART = 9, 16, 5
"""Between two lines, between the rows and the first, and between what comes and what goes at a row."""


def calls_width(calls: Sequence[Call]) -> float:
    """The room that the lines take; none for a mesh without calls."""
    return _BEGIN + max(_tracks(calls).values()) * _STEP + _STEP if calls else 0


def call_lines(calls: Sequence[Call], middles: Mapping[Place, float], x: float) -> Iterator[Group]:
    """The lines, which begin and end at `x`, where the rows do."""
    tracks = _tracks(calls)
    for call in calls:
        at = x + _BEGIN + tracks[call.caller] * _STEP
        begin, end = middles[call.caller] - _APART, middles[call.callee] + _APART
        line: tuple[Shape, ...] = (
            Stroke(x, begin, at, begin, "call", 1.4),
            Stroke(at, min(begin, end), at, max(begin, end), "call", 1.4),
            Stroke(x, end, at, end, "call", 1.4),
            Dot(x, end, 3.2, "call-end"),
        )
        yield Group(line, style="call-line", label=call.words, objects=call.objects)


def _tracks(calls: Sequence[Call]) -> dict[Place, int]:
    """Which line each app that calls has: the first that no other needs between the same rows."""
    taken: list[list[tuple[Place, Place]]] = []
    found: dict[Place, int] = {}
    for caller, together in groupby(calls, key=lambda call: call.caller):
        rows = [caller, *(call.callee for call in together)]
        begin, end = min(rows), max(rows)
        free = (place for place, spans in enumerate(taken) if all(end < first or last < begin for first, last in spans))
        track = next(free, len(taken))
        if track == len(taken):
            taken.append([])
        taken[track].append((begin, end))
        found[caller] = track
    return found
