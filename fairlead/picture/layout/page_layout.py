"""Where does everything stand? What serves the mesh on top, entrances on the left, lanes, then the namespaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairlead.picture.drawing.shapes import Group, Shape, words
from fairlead.picture.layout import columns, quarter_layout
from fairlead.picture.layout.badges import badges
from fairlead.picture.layout.call_layout import call_lines, calls_width
from fairlead.picture.layout.entrance_layout import WIDTH as DOOR_WIDTH
from fairlead.picture.layout.entrance_layout import door
from fairlead.picture.layout.lane_layout import Lanes, lanes_of, lanes_width, trunks
from fairlead.picture.layout.quarter_layout import Block, block
from fairlead.picture.layout.strip_layout import strip
from fairlead.picture.model.model import Entrance, Picture

_MARGIN, _DOOR_GAP = 28, 22
_COLUMNS = (
    (columns.NAME, "App and its hosts"),
    (columns.REQUESTS, "Requests"),
    (columns.BAR, "Shares"),
    (columns.VERSIONS, "Versions and their pods"),
)


@dataclass(frozen=True)
class Drawing:
    """The whole picture, laid out."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


def drawing(picture: Picture) -> Drawing:
    """The same picture comes to the same drawing."""
    lanes = lanes_of(picture.entrances)
    left = _MARGIN + DOOR_WIDTH + lanes_width(picture.entrances)
    right = left + quarter_layout.WIDTH
    width = right + calls_width(picture.calls) + _MARGIN
    head, y = _head(picture, width)
    headings = [words(_MARGIN, y, "From outside to the gateways", "heading", DOOR_WIDTH, tone="quiet")]
    headings += [
        words(left + quarter_layout.PAD + x, y, text, "heading", 220, tone="quiet")
        for x, text in (_COLUMNS if any(quarter.apps for quarter in picture.quarters) else ())
    ]
    if picture.calls:
        headings.append(words(right, y, "Calls", "heading", calls_width(picture.calls) + _MARGIN, tone="quiet"))
    top = y + 24
    doors, exits, doors_end = _doors(picture.entrances, top, lanes)
    blocks, blocks_end = _blocks(picture, top, left, lanes)
    taps = [(key, each.group.y + place) for each in blocks for key, place in each.taps]
    running = trunks(picture.entrances, lanes, exits=exits, taps=taps, begin=_MARGIN + DOOR_WIDTH, left=left)
    end = max(doors_end, blocks_end)
    tail, height = _tail(picture, end, width)
    middles = {
        (one, other): each.group.y + middle
        for one, each in enumerate(blocks)
        for other, middle in enumerate(each.middles)
    }
    between = call_lines(picture.calls, middles, right - quarter_layout.PAD)
    body = Group((*running, *doors, *(each.group for each in blocks), *between), style="body")
    return Drawing(width, height, (*head, *headings, body, tail))


def _head(picture: Picture, width: float) -> tuple[list[Shape], float]:
    room = width - 2 * _MARGIN
    y = float(_MARGIN - 6)
    shapes: list[Shape] = [
        words(_MARGIN, y, picture.stack, "title", room),
        words(_MARGIN, y + 34, picture.summary, "summary", room, tone="quiet"),
    ]
    y += 62
    if picture.badges:
        shapes.append(words(_MARGIN, y, "Applies everywhere", "heading", 130, tone="quiet"))
        marks, high = badges(picture.badges, _MARGIN + 136, y, room - 136)
        shapes += marks
        y += high + 8
    if picture.tiles:
        tiles, high = strip(picture.tiles, _MARGIN, y, room)
        shapes += tiles
        y += high
    return shapes, y + 10


def _doors(entrances: Sequence[Entrance], top: float, lanes: Lanes) -> tuple[list[Group], dict[str, float], float]:
    groups: list[Group] = []
    exits: dict[str, float] = {}
    y = top
    for entrance in entrances:
        laid = door(entrance, lanes.style[entrance.key])
        groups.append(Group(laid.shapes, _MARGIN, y, "door", data={"lane": str(lanes.number[entrance.key])}))
        exits[entrance.key] = y + laid.exit
        y += laid.height + _DOOR_GAP
    if not entrances:
        nothing = words(0, 0, "No gateway, and no routing inside the mesh", "body", DOOR_WIDTH, tone="quiet")
        groups.append(Group((nothing,), _MARGIN, y, "door"))
        y += 24
    return groups, exits, y


def _blocks(picture: Picture, top: float, left: float, lanes: Lanes) -> tuple[list[Block], float]:
    blocks: list[Block] = []
    y = top
    for quarter in picture.quarters:
        blocks.append(block(quarter, y, left, lanes))
        y += blocks[-1].height + (quarter_layout.GAP if quarter.apps else quarter_layout.LITTLE_GAP)
    return blocks, y


def _tail(picture: Picture, end: float, width: float) -> tuple[Group, float]:
    """What the picture does not draw, so that nothing of the stack is missing."""
    if not picture.others:
        return Group((), y=end, style="tail"), end + 10
    heading = words(_MARGIN, 6, "Not drawn above", "heading", 130, tone="quiet")
    marks, high = badges(picture.others, _MARGIN + 136, 6, width - 2 * _MARGIN - 136)
    return Group((heading, *marks), y=end, style="tail"), end + high + _MARGIN
