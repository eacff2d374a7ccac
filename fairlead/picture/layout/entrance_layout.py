"""Where do the parts of an entrance stand? Who comes, the load balancer with its rules, and the gateway below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairlead.picture.drawing.shapes import Box, Column, Dot, Group, Shape, Stroke, extent, words
from fairlead.picture.layout.badges import badges
from fairlead.picture.model.model import Balancer, Entrance

WIDTH = 264
_PAD, _ARROW, _OUTSIDE_HEIGHT, _MIDDLE = 14, 14, 26, 26
_ROOM = WIDTH - 2 * _PAD
_MOST = 8


@dataclass(frozen=True)
class Door:
    """An entrance, laid out: its shapes, its height and where its lane leaves it on the right."""

    shapes: tuple[Shape, ...]
    height: float
    exit: float


def door(entrance: Entrance, lane: str) -> Door:
    """An entrance whose left upper corner is (0, 0); `lane` is the style of its lane."""
    shapes: list[Shape] = []
    y = 0.0
    if entrance.outside:
        shapes += _outside(entrance.outside)
        y += _OUTSIDE_HEIGHT
    if entrance.balancer:
        shapes += _arrow(y)
        card, height = _balancer(entrance.title, entrance.balancer)
        shapes.append(_at(card, y + _ARROW))
        y += _ARROW + height
    if shapes:
        shapes += _arrow(y)
        y += _ARROW
    card, height = _gateway(entrance, lane)
    shapes.append(_at(card, y))
    return Door(tuple(shapes), y + height, y + 20)


def _at(group: Group, y: float) -> Group:
    return Group(group.shapes, group.x, y, group.style, group.label, group.objects, group.data)


def _outside(who: str) -> list[Shape]:
    wide = min(WIDTH, extent(who, "body") + 38)
    text = words(26, 5, who, "body", wide - 38)
    box = Box(0, 0, wide, _OUTSIDE_HEIGHT, "outside", _OUTSIDE_HEIGHT / 2)
    return [Group((box, Dot(14, _OUTSIDE_HEIGHT / 2, 4, "globe"), text), style="who")]


def _arrow(y: float) -> list[Shape]:
    return [
        Stroke(_MIDDLE, y, _MIDDLE, y + _ARROW, "flow", 1.5),
        Stroke(_MIDDLE - 4, y + _ARROW - 5, _MIDDLE, y + _ARROW - 0.5, "flow", 1.5),
        Stroke(_MIDDLE + 4, y + _ARROW - 5, _MIDDLE, y + _ARROW - 0.5, "flow", 1.5),
    ]


def _balancer(gateway: str, balancer: Balancer) -> tuple[Group, float]:
    column = Column(_PAD, 9, _ROOM)
    column.add(balancer.title, "body", lines=2)
    column.add_all(balancer.rules, "code", _MOST, lines=2)
    column.add_all(balancer.facts, "small", _MOST, tone="quiet", lines=2)
    return _card(column, "balancer", f"{balancer.title} before {gateway}", balancer.objects)


def _gateway(entrance: Entrance, lane: str) -> tuple[Group, float]:
    column = Column(_PAD, 11, _ROOM)
    column.add(entrance.title, "name")
    column.add_all(entrance.facts, "small", _MOST, tone="quiet", lines=2)
    if entrance.servers:
        column.y += 3
        column.add_all(entrance.servers, "code", _MOST, lines=2)
    marks: Sequence[Group]
    marks, high = badges(entrance.badges, _PAD, column.y + 4, _ROOM)
    column.put(marks, high + 4 if high else 0)
    kind = "entrance" if entrance.known else "entrance unknown"
    band = Box(0, 0, 5, column.y + 10, f"band {lane}")
    group, height = _card(column, kind, f"entrance {entrance.title}", entrance.objects)
    return Group((group.shapes[0], band, *group.shapes[1:]), style=group.style, label=group.label,
                 objects=group.objects), height  # fmt: skip


def _card(column: Column, style: str, label: str, objects: tuple[int, ...]) -> tuple[Group, float]:
    height = column.y + 10
    return Group((Box(0, 0, WIDTH, height, "card hit", 4), *column.shapes), 0, 0, style, label, objects), height
