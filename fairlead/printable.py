"""What of people's text may be shown? Its letters: no line break of theirs, and nothing that steers a terminal."""

from __future__ import annotations


def one_line(text: str) -> str:
    """The text on one line; what is not printable is a space, signs that turn the direction of writing included."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else " " for letter in text)
