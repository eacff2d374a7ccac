"""How does a long command say where it is? A line for what is done and, on a terminal, one for what is under way."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.text import Text

PLAIN_EVERY = 20.0


class Progress(Protocol):
    """Where a command reports to: `say` stays on the screen, `busy` is replaced by the next report."""

    def say(self, text: str, style: str = "") -> None: ...

    def busy(self, text: str) -> None: ...


class Silent:
    """Progress nobody watches, as in tests."""

    def say(self, text: str, style: str = "") -> None: ...

    def busy(self, text: str) -> None: ...


@dataclass
class ConsoleProgress:
    """Progress on a console; where that is no terminal, plain lines, and a sign of life now and then."""

    console: Console
    _bar: Bar | None = None
    _task: TaskID | None = None
    _next_plain: float = field(default=0.0)

    def say(self, text: str, style: str = "") -> None:
        self.console.print(Text(text, style=style), soft_wrap=True)
        self._next_plain = time.monotonic() + PLAIN_EVERY

    def busy(self, text: str) -> None:
        if self._bar and self._task is not None:
            self._bar.update(self._task, description=text)
        elif not self.console.is_terminal and time.monotonic() >= self._next_plain:
            self.say(text)

    def advance(self) -> None:
        if self._bar and self._task is not None:
            self._bar.advance(self._task)

    @contextmanager
    def phase(self, title: str, steps: int | None = None) -> Generator[None]:
        """A heading and, on a terminal, a bar of so many steps that is gone when the phase is over."""
        self.console.print(Text(title, style="bold"))
        if not self.console.is_terminal:
            self._next_plain = time.monotonic() + PLAIN_EVERY
            yield
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(bar_width=24))
        with Bar(*columns, MofNCompleteColumn(), TimeElapsedColumn(), console=self.console, transient=True) as bar:
            self._bar, self._task = bar, bar.add_task("", total=steps)
            try:
                yield
            finally:
                self._bar = self._task = None
