"""Who fills the cache? One process at a time; the others wait and say so."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from fairlead.terminal.progress import Progress


@contextmanager
def locked(path: Path, progress: Progress, waiting: str) -> Generator[None]:
    """While the block runs nobody else holds the lock of this file; `waiting` is said until it is free."""
    with path.open("w") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                progress.busy(waiting)
                time.sleep(0.2)
        yield
