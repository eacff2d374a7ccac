"""How are a few words in a rounded box laid out? Badges side by side, in as many rows as they need."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from fairlead.picture.drawing.shapes import Box, Group, extent, words
from fairlead.picture.layout.lettering import rows
from fairlead.picture.model.model import Badge

_HEIGHT, _PAD, _GAP = 18, 8, 6
PITCH = _HEIGHT + 4
"""From one row of badges to the next."""


def badges(listed: Sequence[Badge], x: float, y: float, room: float) -> tuple[list[Group], float]:
    """The badges from a place on, and how high they are together."""
    wide = [min(room, ceil(extent(badge.words, "badge") + 2 * _PAD)) for badge in listed]
    groups: list[Group] = []
    top = y
    for row in rows(wide, room, _GAP):
        left = x
        for place in row:
            groups.append(_badge(listed[place], left, top, wide[place]))
            left += wide[place] + _GAP
        top += PITCH
    return groups, top - y


def _badge(badge: Badge, x: float, y: float, wide: float) -> Group:
    box = Box(0, 0, wide, _HEIGHT, f"badge {badge.tone}", _HEIGHT / 2)
    text = words(_PAD, 0, badge.words, "badge", wide - 2 * _PAD, tone=str(badge.tone))
    return Group((box, text), x, y, "mark", badge.words, badge.objects)
