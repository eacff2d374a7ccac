"""Whose is a worktree? Each of ours stands beside a lock that its process holds; what nobody holds was left behind.

A process that is killed cannot clean up, and its lock is given up by the system. Nobody else's worktree has one.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from fairlead.cluster.sessions import is_anothers

_PREFIX = "fairlead-"
_LOCK = "in-use"
_HELD = "held"
_NAME = "worktree"


@contextmanager
def place_for_worktree() -> Generator[Path]:
    """Where a worktree may be made; all of it is gone after the block."""
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch).resolve()
        with FileLock(folder / _LOCK):
            # Only once it is held: one that nobody holds means that nobody is there.
            (folder / _HELD).touch()
            yield folder / _NAME


def left_behind(worktrees: Iterable[Path]) -> Iterator[Path]:
    """Those of a repository's worktrees that a killed process of ours had made."""
    for worktree in worktrees:
        scratch = worktree.parent
        if worktree.name == _NAME and scratch.name.startswith(_PREFIX):
            # A folder for scratch files that a system has emptied still stands in git's books.
            gone = not scratch.exists() and scratch.parent.is_dir()
            if gone or _is_left(scratch):
                yield worktree


def remove_left_folders() -> None:
    """What killed processes left in the folder for scratch files, whatever repository they read."""
    for scratch in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if _is_left(scratch):
            shutil.rmtree(scratch, ignore_errors=True)


def _is_left(scratch: Path) -> bool:
    """Whether it is ours, of this user, and nobody holds it."""
    try:
        if is_anothers(scratch) or not (scratch / _HELD).is_file():
            return False
        with FileLock(scratch / _LOCK, timeout=0):
            return True
    except (OSError, Timeout):
        return False
