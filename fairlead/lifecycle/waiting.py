"""What does somebody see while the engine waits? After a while the cause, under the progress, as soon as it is seen."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from fairlead.lifecycle.causes import Cause
from fairlead.terminal.errors import UserError
from fairlead.terminal.progress import Progress

AFTER = 20.0
"""Seconds without a step of the engine after which the cluster is asked; most pods are ready by then."""
EVERY = 10.0
"""Seconds until it is asked again, where nothing is heard of it in between."""
GATHERED = 1.0
"""Seconds in which what is heard counts as one: a pod that fails is told of several times."""


@dataclass
class Waiting:
    """Around a run of the engine: `moved` tells it of each step; `look` asks the cluster for causes, `changes` waits
    until something happens there and yields then: after it the cluster is asked again at once."""

    look: Callable[[], Iterable[Cause]]
    progress: Progress
    after: float = AFTER
    every: float = EVERY
    changes: Callable[[], Iterable[object]] = tuple
    gathered: float = GATHERED
    _since: float = field(default_factory=time.monotonic)
    _ended: threading.Event = field(default_factory=threading.Event)
    _heard: threading.Event = field(default_factory=threading.Event)
    _listener: threading.Thread | None = None
    _said: set[Cause] = field(default_factory=set[Cause])

    def __enter__(self) -> Waiting:
        self.moved()
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._heard.set()

    def moved(self) -> None:
        """The engine has done a step."""
        self._since = time.monotonic()

    def _watch(self) -> None:
        while not self._ended.wait(min(self.every, max(0.05, self._since + self.after - time.monotonic()))):
            if time.monotonic() - self._since < self.after:
                continue
            for each in found_now(self.look):
                if each not in self._said and not self._ended.is_set():
                    self._said.add(each)
                    self.progress.say(f"  waiting: {each}")
            self._listen()
            if self._heard.wait(self.every):
                self._ended.wait(self.gathered)
                self._heard.clear()

    def _listen(self) -> None:
        """From the first look on; where a watch breaks off, only until the next look."""
        if self._listener is None or not self._listener.is_alive():
            self._listener = threading.Thread(target=self._hear, daemon=True)
            self._listener.start()

    def _hear(self) -> None:
        with suppress(UserError):
            for _ in self.changes():
                self._heard.set()
                if self._ended.is_set():
                    return


def found_now(look: Callable[[], Iterable[Cause]]) -> list[Cause]:
    """The causes, up to where the cluster or AWS does not tell: the engine itself says that it does not answer."""
    found: list[Cause] = []
    with suppress(UserError):
        found.extend(look())
    return found
