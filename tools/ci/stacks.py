"""Which stacks does a check look at? Those with a stack file, in the checkout or in what it is compared with."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

STACK_FILE = re.compile(r"Pulumi\.([A-Za-z0-9][A-Za-z0-9_.-]{0,99})\.yaml")
"""A name that begins with a dash would be taken for an option."""


def stacks_here(folder: Path) -> list[str]:
    """The stacks of a checkout."""
    # A link may lead to a file of the machine that checks a stranger's branch.
    whole = folder.resolve()
    return _stacks(path.name for path in folder.iterdir() if path.is_file() and path.resolve().is_relative_to(whole))


def stacks_at(revision: str, folder: Path) -> list[str]:
    """The stacks of a revision; none where git does not know it, which the diff then says."""
    command = ["git", "ls-tree", "--name-only", "-z", revision]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    return _stacks(done.stdout.split("\0")) if done.returncode == 0 else []


def _stacks(names: Iterable[str]) -> list[str]:
    return sorted(found[1] for name in names if (found := STACK_FILE.fullmatch(name)))
