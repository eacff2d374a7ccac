"""What may a terminal be sent? Of people's text its letters, nothing that steers it; colours where they are wanted."""

from __future__ import annotations

import os
import sys


def one_line(text: str) -> str:
    """The text on one line; what is not printable is a space, signs that turn the direction of writing included."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else " " for letter in text)


def printable(text: str) -> str:
    """As `one_line`, with its lines."""
    return text if text.isprintable() else "\n".join(map(one_line, text.split("\n")))


def colours_wanted() -> bool:
    """Whether standard output is a terminal whose reader has not forbidden colours."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
