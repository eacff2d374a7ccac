"""Where is every shape of a drawing in the end? The groups' own places added up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from fairlead.picture.drawing.shapes import Box, Dot, Group, Shape, Stroke, Words
from fairlead.picture.layout.lettering import FACES, width

_ROUNDING = 0.01


@dataclass(frozen=True)
class Area:
    """A rectangle on the page, and what takes it."""

    left: float
    top: float
    right: float
    bottom: float
    what: str

    def meets(self, other: Area) -> bool:
        apart = self.right <= other.left + _ROUNDING or other.right <= self.left + _ROUNDING
        return not (apart or self.bottom <= other.top + _ROUNDING or other.bottom <= self.top + _ROUNDING)

    def holds(self, other: Area) -> bool:
        beside = self.left <= other.left + _ROUNDING and other.right <= self.right + _ROUNDING
        return beside and self.top <= other.top + _ROUNDING and other.bottom <= self.bottom + _ROUNDING


def placed(shapes: Iterable[Shape], x: float = 0, y: float = 0) -> Iterator[Shape]:
    """Every shape with its place on the page, groups before what is in them."""
    for shape in shapes:
        match shape:
            case Group():
                yield replace(shape, x=x + shape.x, y=y + shape.y)
                yield from placed(shape.shapes, x + shape.x, y + shape.y)
            case Stroke():
                yield replace(shape, x1=x + shape.x1, x2=x + shape.x2, y1=y + shape.y1, y2=y + shape.y2)
            case Box() | Dot() | Words():
                yield replace(shape, x=x + shape.x, y=y + shape.y)


def boxes(shapes: Iterable[Shape], *styles: str) -> list[Area]:
    """The boxes of these classes."""
    found = [shape for shape in placed(shapes) if isinstance(shape, Box)]
    chosen = [box for box in found if set(styles) & set(box.style.split())]
    return [Area(box.x, box.y, box.x + box.width, box.y + box.height, box.style) for box in chosen]


def texts(shapes: Iterable[Shape]) -> list[Words]:
    return [shape for shape in placed(shapes) if isinstance(shape, Words)]


def area_of(words: Words) -> Area:
    """What a text takes with the widest font."""
    size, wide = FACES[words.style].size, width(words.text, words.style)
    left = words.x - wide if words.at_end else words.x
    return Area(left, words.y - size * 0.74, left + wide, words.y + size * 0.22, words.text)


def meetings(areas: Iterable[Area]) -> list[tuple[str, str]]:
    """Every two that overlap."""
    found: list[tuple[str, str]] = []
    open_areas: list[Area] = []
    for area in sorted(areas, key=lambda each: (each.top, each.left)):
        open_areas = [each for each in open_areas if each.bottom > area.top]
        found += [(each.what, area.what) for each in open_areas if each.meets(area)]
        open_areas.append(area)
    return found
