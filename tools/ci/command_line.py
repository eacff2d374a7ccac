"""How does a check call fairlead? As a program of its own, with a time limit, and it answers for itself."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SECONDS = 600
LAST_LINES = 20


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, and the last of what it said on standard error."""

    code: int
    said: str = ""


def fairlead(*arguments: str, folder: Path, seconds: float = SECONDS) -> Ended:
    """Run a command of fairlead; its standard output is the caller's, so that annotations reach the log."""
    sys.stdout.flush()
    command = [sys.executable, "-m", "fairlead", *arguments]
    try:
        done = subprocess.run(
            command, cwd=folder, stderr=subprocess.PIPE, check=False, timeout=seconds, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        said = f"fairlead {arguments[0]} took longer than {seconds:.0f} s and was stopped."
        print(said, file=sys.stderr)
        return Ended(1, said)
    said = done.stderr.decode(errors="replace")
    sys.stderr.write(said)
    return Ended(done.returncode, "\n".join(said.strip().splitlines()[-LAST_LINES:]))
