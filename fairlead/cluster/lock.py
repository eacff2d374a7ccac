"""Who fills the cache? One process at a time; the others wait and say so."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from fairlead.terminal.progress import Progress


@contextmanager
def locked(path: Path, progress: Progress, waiting: str) -> Generator[None]:
    """While the block runs nobody else holds the lock of this file; `waiting` is said until it is free."""
    lock = FileLock(path)
    while not lock.is_locked:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            progress.busy(waiting)
            time.sleep(0.2)
    try:
        yield
    finally:
        lock.release()
