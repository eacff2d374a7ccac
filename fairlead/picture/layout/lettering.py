"""How wide is a text? Measured for the widest of the fonts that a reader may have, so that it fits with all of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

_BY_WIDTH = {
    28: "'ijl",
    32: "I ,.",
    36: "/:;\\|f-",
    41: "()[]t!r",
    52: '"*J`sz',
    58: "c?L_kvxy",
    64: "FTaoebdghnpqu$0123456789{}",
    69: "EKPSYAVBXZ",
    75: "CRUHN",
    79: "D&GOQ",
    86: "w#+<=>^~M",
    100: "%mW@",
}
"""Hundredths of the font size, of the wider one of two common fonts."""
# Thousandths, in whole numbers: how fractions add up is not the same in every Python.
_WIDTHS = {letter: 10 * width for width, letters in _BY_WIDTH.items() for letter in letters}
_UNKNOWN, _WIDE, _MONO, _BOLDER = 920, 1100, 605, 80
_WHOLE = 1000
_ROUNDING = 0.01
_REPLACED = "\ufffd"
_ELLIPSIS = "\u2026"


@dataclass(frozen=True)
class Face:
    """A kind of text: its size, the distance to the next line, and whether it is bold or of a fixed width."""

    size: float
    leading: float
    bold: bool = False
    mono: bool = False


FACES = {
    "title": Face(26, 34, bold=True),
    "summary": Face(13, 20),
    "heading": Face(11, 18, bold=True),
    "quarter": Face(14, 20, bold=True),
    "name": Face(13, 18, bold=True),
    "body": Face(11.5, 16),
    "small": Face(10.5, 15),
    "code": Face(11.5, 16, mono=True),
    "strong": Face(11.5, 16, bold=True, mono=True),
    "badge": Face(10.5, 18),
}


def legible(text: str) -> str:
    """The text on one line, without what XML forbids or what turns the direction of writing round."""
    return printable(" ".join(text.split()))


def printable(line: str) -> str:
    """The line with a sign in the place of each letter that cannot be seen."""
    if line.isprintable():
        return line
    return "".join(letter if letter.isprintable() or letter == "\t" else _REPLACED for letter in line)


@cache
def width(text: str, style: str) -> float:
    """How much room a text takes at most."""
    face = FACES[style]
    more = _BOLDER if face.bold and not face.mono else 0
    return face.size * sum(_letter(letter, mono=face.mono) + more for letter in text) / _WHOLE


def _letter(letter: str, *, mono: bool) -> int:
    if letter in _WIDTHS:
        return _MONO if mono else _WIDTHS[letter]
    if unicodedata.combining(letter):
        return 0
    wide = unicodedata.east_asian_width(letter) in ("W", "F") or ord(letter) > 0xFFFF  # noqa: PLR2004
    return _WIDE if wide else _UNKNOWN


def shortened(text: str, style: str, room: float) -> str:
    """The text, or its beginning and its end where all of it has no room."""
    if width(text, style) <= room + _ROUNDING:
        return text
    most = len(text) - 1
    while most > 1 and width(_cut(text, most), style) > room:
        # Long texts come down fast, and the last letters one by one.
        most = min(most - 1, int(most * room / width(_cut(text, most), style)) + 1)
    return _cut(text, max(most, 1))


def _cut(text: str, most: int) -> str:
    end = most // 3
    return text[: most - end] + _ELLIPSIS + (text[-end:] if end else "")


def wrapped(text: str, style: str, room: float, most: int) -> list[str]:
    """The text in at most so many lines, broken at spaces; the last one is shortened."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or width(longer, style) <= room or len(lines) == most:
            lines[-1] = longer
        else:
            lines.append(word)
    return [shortened(line, style, room) for line in lines]


def rows(widths: Iterable[float], room: float, gap: float) -> Iterator[list[int]]:
    """Things side by side, as many in a row as have room: the places of each row's."""
    row: list[int] = []
    used = 0.0
    for place, each in enumerate(widths):
        if row and used + gap + each > room:
            yield row
            row, used = [], 0.0
        used += each + (gap if row else 0)
        row.append(place)
    if row:
        yield row
