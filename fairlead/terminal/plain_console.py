"""How do Rich's texts, tables and trees reach a terminal? As they are: no markup is read, nothing in them steers it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from fairlead.terminal.printable import printable


class PlainConsole(Console):
    """What is in brackets or between colons stays; what is not printable becomes a space, wherever it stands."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Every text that is written comes through here."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=printable(segment.text))
