"""Where do the apps of a namespace stand? One below the other, with the lanes that each of them meets."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.picture.drawing.shapes import Box, Dot, Group, Shape, Stroke, extent, words
from fairlead.picture.layout import app_layout, columns
from fairlead.picture.layout.badges import PITCH, badges
from fairlead.picture.layout.lane_layout import Lanes
from fairlead.picture.model.model import App, Quarter

PAD, HEAD = 12, 36
WIDTH = columns.WIDTH + 2 * PAD
GAP, LITTLE_GAP = 14, 6
"""Below a quarter, and below one without apps."""
_ROW_GAP, _TAP_STEP, _COUNT_ROOM = 6, 5, 90


@dataclass(frozen=True)
class Block:
    """A quarter, laid out; `taps` has the places of each lane's taps, from the quarter's top, `middles` those of the
    rows."""

    group: Group
    height: float
    taps: tuple[tuple[str, float], ...]
    middles: tuple[float, ...]


def block(quarter: Quarter, y: float, x: float, lanes: Lanes) -> Block:
    """A quarter whose left upper corner is (x, y)."""
    head, top = _head(quarter)
    rows: list[Group] = []
    taps: list[tuple[str, float]] = []
    middles: list[float] = []
    for app in quarter.apps:
        laid = app_layout.row(app)
        row_taps, places = _taps(laid, lanes)
        taps += [(key, top + place) for key, place in places]
        box = Box(0, 0, columns.WIDTH, laid.height, "row", 6)
        data = {"search": search(app, quarter)}
        rows.append(Group((*row_taps, box, *laid.shapes), PAD, top, "app", data=data))
        middles.append(top + laid.height / 2)
        top += laid.height + _ROW_GAP
    height = top - _ROW_GAP + PAD if rows else top
    frame = Box(0, 0, WIDTH, height, "quarter-box", 10)
    group = Group((frame, *head, *rows), x, y, "quarter", data={"kind": quarter.kind})
    return Block(group, height, tuple(taps), tuple(middles))


def _head(quarter: Quarter) -> tuple[list[Shape], float]:
    left, room = PAD + 2, WIDTH - 2 * PAD - 4
    wide = min(room / 2, extent(quarter.kind, "small") + 8 + extent(quarter.name, "quarter"))
    kind = extent(quarter.kind, "small") + 6
    name = words(left + kind, 8, quarter.name, "quarter", wide - kind + 6)
    hit = Box(left - 6, 6, wide + 16, 24, "hit", 5)
    shown = [hit, words(left, 10, quarter.kind, "small", kind, tone="quiet"), name]
    title = Group(shown, style="quarter-name", label=f"{quarter.kind} {quarter.name}", objects=quarter.objects)
    beside = left + wide + 22
    marks, high = badges(quarter.badges, beside, 9, WIDTH - PAD - _COUNT_ROOM - beside)
    number = len(quarter.apps)
    if not number:
        return [title, *marks], max(HEAD, HEAD + high - PITCH)
    one, many = ("app", "apps") if quarter.kind == "namespace" else ("ServiceEntry", "ServiceEntries")
    counted = f"{number} {one if number == 1 else many}"
    count = words(WIDTH - PAD - 2, 10, counted, "small", _COUNT_ROOM - 10, tone="quiet", at_end=True)
    return [title, *marks, count], max(HEAD, HEAD + high - PITCH)


def _taps(laid: app_layout.Row, lanes: Lanes) -> tuple[list[Group], list[tuple[str, float]]]:
    """From each lane that a strand meets a stroke to the row; several lie one below the other."""
    groups: list[Group] = []
    places: list[tuple[str, float]] = []
    for tap in laid.taps:
        for step, key in enumerate(sorted(tap.entrances, key=lambda each: lanes.place[each])):
            y = min(tap.y + step * _TAP_STEP, laid.height - 3)
            x, style = lanes.place[key] - PAD, lanes.style[key]
            line = f"{style} closed" if key in tap.closed else style
            shapes = (Stroke(x, y, 0, y, "halo", 4), Stroke(x, y, 0, y, line, 1.6), Dot(x, y, 3.2, f"stop {style}"))
            data = {"lane": str(lanes.number[key])}
            groups.append(Group(shapes, style="tap", label=tap.label, data=data))
            places.append((key, y))
    return groups, places


def search(app: App, quarter: Quarter) -> str:
    """All that the search looks into, in small letters."""
    found = [app.name, quarter.name, *(badge.words for badge in app.badges), app.note]
    for strand in app.strands:
        found += [*strand.hosts, *strand.entrances]
        found += [part for line in strand.lines for part in (*line.requests, *line.extras, line.answer)]
    found += [part for version in app.versions for part in (version.name, *version.pods)]
    return " ".join(dict.fromkeys(part.lower() for part in found if part))
