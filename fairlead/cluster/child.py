"""How is another program run? In a session of its own, never left behind, its last words kept for the error."""

from __future__ import annotations

import contextlib
import errno
import signal
import subprocess
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from fairlead.cluster.interrupts import interrupts_held
from fairlead.cluster.sessions import APART, KILL, end_what_is_left_of, tell
from fairlead.terminal.errors import UserError, disk_full

GRACE = 10.0
_running: set[subprocess.Popen[str]] = set()


@contextmanager
def child(command: Sequence[str | Path], **options: Any) -> Generator[subprocess.Popen[str]]:
    """The running program; whatever ends the block also ends it and all that it started."""
    process: subprocess.Popen[str] | None = None
    try:
        with interrupts_held():
            process = start(command, **options)
            _running.add(process)
        yield process
    finally:
        if process is not None:
            _running.discard(process)
            with interrupts_held():
                if process.poll() is None:
                    end([process])
                    end_what_is_left_of(process.pid)
                for stream in (process.stdin, process.stdout, process.stderr):
                    if stream:
                        with contextlib.suppress(OSError):
                            stream.close()


def start(command: Sequence[str | Path], **options: Any) -> subprocess.Popen[str]:
    """The program, running in a session of its own: a Ctrl-C of the terminal does not reach it."""
    try:
        return subprocess.Popen([str(part) for part in command], encoding="utf-8", **APART, **options)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise disk_full(command[0]) from error
        raise UserError(f"{command[0]} could not be started: {error.strerror}.") from error


def end(processes: Sequence[subprocess.Popen[str]], grace: float = GRACE) -> None:
    """Ask every one to stop, with its own children, and kill those that do not within the grace period."""
    for number, patience in ((signal.SIGTERM, grace), (KILL, grace)):
        for process in processes:
            if process.poll() is None:
                tell(process, number)
        deadline = time.monotonic() + patience
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.01, deadline - time.monotonic()))
        if all(process.poll() is not None for process in processes):
            return


def end_running(number: int = signal.SIGTERM) -> None:
    """Ask all that runs now to stop, whichever thread waits for it; the thread then goes on."""
    for process in list(_running):
        if process.poll() is None:
            tell(process, number)


def run(
    command: Sequence[str | Path],
    *,
    stdin: str | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run to the end and hand back what it wrote."""
    pipe = subprocess.PIPE
    source = pipe if stdin is not None else subprocess.DEVNULL
    with child(command, stdin=source, stdout=pipe, stderr=pipe, env=env, cwd=cwd) as process:
        out, err = process.communicate(stdin, timeout=timeout)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def run_watched(
    command: Sequence[str | Path], on_line: Callable[[str], None], *, env: Mapping[str, str], cwd: Path
) -> int:
    """Run to the end, handing over each line as it is written."""
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL}
    with child(command, env=env, cwd=cwd, **both) as process:
        lines: IO[str] | None = process.stdout
        for line in lines or ():
            on_line(line.rstrip("\n"))
        return process.wait()
