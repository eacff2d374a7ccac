"""Where do the lanes run? One from each entrance to every row that it leads to, none of them taken for another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from fairlead.picture.drawing.shapes import Dot, Group, Stroke
from fairlead.picture.model.model import Entrance
from fairlead_mesh.model.virtual_service import MESH

MESH_LANE = "lane-mesh"
_LEFT, _RIGHT, _COLOURS = 20, 24, 6
_ASIDE, _APART, _NEAR = (0, 6, -6, 12, -12, 17), 4.5, 12


@dataclass(frozen=True)
class Lanes:
    """Where the lane of each entrance runs, measured from the quarters' left edge, and its style."""

    place: Mapping[str, float]
    style: Mapping[str, str]
    number: Mapping[str, int]


def lanes_width(entrances: Sequence[Entrance]) -> float:
    """The room between entrances and namespaces."""
    return _LEFT + _spacing(entrances) * max(len(entrances) - 1, 0) + _RIGHT


def _spacing(entrances: Sequence[Entrance]) -> float:
    few = 8
    return 14 if len(entrances) <= few else 8


def lanes_of(entrances: Sequence[Entrance]) -> Lanes:
    """Each entrance's lane: the uppermost is the leftmost."""
    spacing, last = _spacing(entrances), len(entrances) - 1
    place = {each.key: -_RIGHT - spacing * (last - index) for index, each in enumerate(entrances)}
    style = dict(zip(place, lane_styles(entrances), strict=True))
    return Lanes(place, style, {each.key: index for index, each in enumerate(entrances)})


def lane_styles(entrances: Sequence[Entrance]) -> list[str]:
    """The style of each entrance's lane; the callers inside the mesh have one of their own.

    A gateway has the colour that its name comes to, so that it keeps it when others come or go; where two names come to
    the same colour, the second takes the next one that is free.
    """
    found: dict[str, int] = {}
    for key in sorted(each.key for each in entrances if each.key != MESH):
        wanted = [(crc32(key.encode()) + step) % _COLOURS for step in range(_COLOURS)]
        taken = Counter(found.values())
        found[key] = min(wanted, key=lambda colour: taken[colour])
    return [MESH_LANE if each.key == MESH else f"lane-{found[each.key]}" for each in entrances]


def trunks(
    entrances: Sequence[Entrance],
    lanes: Lanes,
    *,
    exits: Mapping[str, float],
    taps: Sequence[tuple[str, float]],
    begin: float,
    left: float,
) -> list[Group]:
    """Each lane: out of its entrance, then as far as the rows that it leads to.

    `exits` and `taps` have the heights at which lanes leave their entrances and meet rows; entrances end at `begin`,
    and namespaces start at `left`.
    """
    groups: list[Group] = []
    for entrance in entrances:
        key = entrance.key
        ends = [place for name, place in taps if name == key]
        if not ends:
            continue
        y = _free(exits[key], ends, [place for name, place in taps if name != key])
        x, style = left + lanes.place[key], lanes.style[key]
        low, high = min(y, *ends), max(y, *ends)
        out = (Stroke(begin, y, x, y, "halo out", 6), Stroke(begin, y, x, y, f"{style} out", 2.4))
        trunk = Stroke(x, low, x, high, f"{style} trunk", 2.4)
        data = {"lane": str(lanes.number[key])}
        stop = Dot(x, y, 3.6, f"stop {style}")
        groups.append(Group((*out, trunk, stop), style="lane", label=entrance.title, data=data))
    return groups


def _free(y: float, own: Sequence[float], others: Sequence[float]) -> float:
    """The first place near `y` at which no tap of another lane runs, or the two would look like one line; straight on
    to a tap of its own where there is one."""
    near = sorted(tap for tap in own if abs(tap - y) <= _NEAR)
    places = (*near, *(y + aside for aside in _ASIDE))
    return next((place for place in places if all(abs(place - tap) >= _APART for tap in others)), y)
