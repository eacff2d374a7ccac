"""What is drawn? Boxes, words, lines and groups of them: places and sizes, without a word of SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from fairlead.picture.layout.lettering import FACES, legible, shortened, width, wrapped
from fairlead.picture.model.model import Objects


@dataclass(frozen=True)
class Box:
    """A rectangle; its `style` is a class of the style sheet."""

    x: float
    y: float
    width: float
    height: float
    style: str
    radius: float = 0


@dataclass(frozen=True)
class Words:
    """One line of text: `x` is its beginning (its end where `at_end`), `y` its base line, `room` what it may take.

    `whole` is the full text where only a part of it is shown.
    """

    x: float
    y: float
    text: str
    style: str
    room: float
    whole: str = ""
    at_end: bool = False
    tone: str = ""


@dataclass(frozen=True)
class Dot:
    """A small disc."""

    x: float
    y: float
    radius: float
    style: str


@dataclass(frozen=True)
class Stroke:
    """A line from one point to another; straight, or `curved` from left to right."""

    x1: float
    y1: float
    x2: float
    y2: float
    style: str
    width: float = 1
    curved: bool = False


@dataclass(frozen=True)
class Group:
    """Shapes that move together, `x` and `y` away from the group around them.

    With `objects` it is a part that can be picked, and `label` says what it is; `data` is for the page's script.
    """

    shapes: Sequence[Shape]
    x: float = 0
    y: float = 0
    style: str = ""
    label: str = ""
    objects: Objects = ()
    data: dict[str, str] = field(default_factory=dict[str, str])


Shape = Box | Words | Dot | Stroke | Group


def words(x: float, top: float, text: str, style: str, room: float, *, tone: str = "", at_end: bool = False) -> Words:
    """One line of text below `top`, shortened to its room."""
    face, told = FACES[style], legible(text)
    shown = shortened(told, style, room)
    base = top + (face.leading + face.size * 0.72) / 2
    return Words(x, round(base, 1), shown, style, room, told if shown != told else "", at_end, tone)


class Column:
    """Lines of text from the top down, `y` being where the next one begins."""

    def __init__(self, x: float, y: float, room: float):
        self.x, self.y, self.room = x, y, room
        self.shapes: list[Shape] = []

    def add(self, text: str, style: str, *, tone: str = "", lines: int = 1) -> None:
        """A text, in several lines where it may take them."""
        told = legible(text)
        shown = wrapped(told, style, self.room, lines) if lines > 1 else [told]
        for place, part in enumerate(shown):
            line = words(self.x, self.y, part, style, self.room, tone=tone)
            cut = place == len(shown) - 1 and " ".join(shown) != told
            self.shapes.append(line if not cut else _telling(line, told))
            self.y += FACES[style].leading

    def add_all(self, texts: Sequence[str], style: str, most: int, *, tone: str = "", lines: int = 1) -> None:
        """Texts one below the other; of more than `most` the rest is counted, and told by the tooltip."""
        kept = texts if len(texts) <= most else texts[: most - 1]
        for text in kept:
            self.add(text, style, tone=tone, lines=lines)
        if len(kept) < len(texts):
            rest = texts[len(kept) :]
            line = words(self.x, self.y, f"and {len(rest)} more", style, self.room, tone="quiet")
            self.shapes.append(_telling(line, ", ".join(map(legible, rest))))
            self.y += FACES[style].leading

    def put(self, shapes: Iterable[Shape], height: float) -> None:
        """Anything else of this height."""
        self.shapes += shapes
        self.y += height


def _telling(line: Words, whole: str) -> Words:
    return Words(line.x, line.y, line.text, line.style, line.room, whole, line.at_end, line.tone)


def extent(text: str, style: str) -> float:
    """The room that a text wants."""
    return width(legible(text), style)
