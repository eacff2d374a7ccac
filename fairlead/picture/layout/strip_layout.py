"""Where do the things stand that serve the whole mesh? As tiles above it, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from fairlead.picture.drawing.shapes import Box, Column, Group, extent
from fairlead.picture.layout.lettering import rows
from fairlead.picture.model.model import Tile

_NARROWEST, _WIDEST, _PAD, _GAP, _MOST = 116, 400, 12, 8, 6


def strip(tiles: Sequence[Tile], x: float, y: float, room: float) -> tuple[list[Group], float]:
    """The tiles from a place on, and how high they are together; those of a row have one height."""
    wide = [_width(tile) for tile in tiles]
    groups: list[Group] = []
    top = y
    for row in rows(wide, room, _GAP):
        columns = {place: _column(tiles[place], wide[place]) for place in row}
        height = max(column.y for column in columns.values()) + 8
        left = x
        for place, column in columns.items():
            tile = tiles[place]
            box = Box(0, 0, wide[place], height, "card hit", 5)
            label = f"{tile.title} {tile.detail}".strip()
            groups.append(Group((box, *column.shapes), left, top, "tile", label, tile.objects))
            left += wide[place] + _GAP
        top += height + _GAP
    return groups, top - y


def _width(tile: Tile) -> float:
    wanted = [extent(tile.title, "name"), extent(tile.detail, "code"), *(extent(fact, "small") for fact in tile.facts)]
    return ceil(min(_WIDEST, max(_NARROWEST, max(wanted) + 2 * _PAD)))


def _column(tile: Tile, wide: float) -> Column:
    column = Column(_PAD, 8, wide - 2 * _PAD)
    column.add(tile.title, "name")
    if tile.detail:
        column.add(tile.detail, "code")
    column.add_all(tile.facts, "small", _MOST, tone="quiet", lines=2)
    return column
