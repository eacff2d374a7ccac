"""What of starting and ending programs does each system do in its own way? All that is only POSIX's, and what stands
for it on Windows.

Nothing else in this repository may ask for the system: a test reads the imports.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

if sys.platform == "win32":
    APART: dict[str, Any] = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    """How a program starts that a terminal's Ctrl-C does not reach."""
    KILL = signal.SIGTERM
    """The signal that nobody can refuse."""

    def tell(process: subprocess.Popen[str], number: int) -> None:  # noqa: ARG001 - there are no signals to choose from
        """End a program with all that it started."""
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)

    def end_what_is_left_of(leader: int) -> None:
        """Nothing is left: its whole tree was ended."""

    def is_anothers(path: Path) -> bool:
        """Whether a file is another user's: the folder for scratch files is each user's own."""
        return path.is_symlink()

else:
    APART: dict[str, Any] = {"start_new_session": True}
    KILL = signal.SIGKILL

    def tell(process: subprocess.Popen[str], number: int) -> None:
        """Send a signal to a program and to all in its group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)

    def end_what_is_left_of(leader: int) -> None:
        """Kill what the leader started in process groups of its own, as the Pulumi engine does with its plugins."""
        with contextlib.suppress(OSError):
            listed = subprocess.run(["ps", "-A", "-o", "pid="], capture_output=True, encoding="utf-8", check=False)
            for pid in map(int, listed.stdout.split()):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    if os.getsid(pid) == leader:
                        os.kill(pid, signal.SIGKILL)

    def is_anothers(path: Path) -> bool:
        """Whether a file is another user's, or leads to somewhere else."""
        return path.is_symlink() or path.stat().st_uid != os.getuid()


def python_in(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    return environment / "Scripts" / "python.exe" if sys.platform == "win32" else environment / "bin" / "python"
