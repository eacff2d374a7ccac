"""Where do the versions of an app stand? Below each other, each with the pods behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairlead.picture.drawing.shapes import Box, Column, Group
from fairlead.picture.layout.columns import COLOURS, PAD, VERSIONS, VERSIONS_ROOM
from fairlead.picture.model.model import App, Version
from fairlead.picture.model.versions import NOT_HERE

_INDENT, _MOST_PODS, _GAP = 16, 4, 6
_USUAL = ("subset", "Service", "pods", "host")


@dataclass(frozen=True)
class End:
    """Where a version stands: its text, and the middle of its first line, at which edges end."""

    column: Column
    top: float
    middle: float


def ends(versions: Sequence[Version]) -> tuple[list[End], float]:
    """The place of each version, and where the last one ends."""
    found: list[End] = []
    y = float(PAD)
    nowhere = all(version.pods == (NOT_HERE,) for version in versions)
    for place, version in enumerate(versions):
        column = Column(VERSIONS + _INDENT, y, VERSIONS_ROOM - _INDENT)
        column.add(version.name, "strong")
        if version.kind not in _USUAL:
            column.add(version.kind, "small", tone="quiet")
        # What holds for all of them is said once, below the last.
        if not nowhere or place == len(versions) - 1:
            column.add_all(version.pods, "small", _MOST_PODS, tone="quiet")
        found.append(End(column, y, y + 8))
        y = column.y + _GAP
    return found, y - _GAP


def version_group(app: App, place: int, end: End) -> Group:
    """A version with its colour."""
    version = app.versions[place]
    hit = Box(VERSIONS - 4, end.top - 2, VERSIONS_ROOM + 8, end.column.y - end.top + 4, "hit", 5)
    swatch = Box(VERSIONS + 2, end.middle - 4, 8, 8, f"fill-{place % COLOURS}", 2)
    label = f"{version.kind} {version.name} of {app.name}"
    return Group((hit, swatch, *end.column.shapes), style="version", label=label, objects=version.objects)
