"""Which Python runs a revision? This one, or where the revision pins other packages, one that has those."""

from __future__ import annotations

import contextlib
import hashlib
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from fairlead.cluster.child import run
from fairlead.terminal.errors import UserError
from fairlead.terminal.progress import Progress

REQUIREMENTS = "requirements.txt"
_OF_THE_COMMAND_LINE = ("rich", "ruamel.yaml", "typer")
_WITHIN = 900.0


def interpreter(program: Path, here: Path, cache: Path, progress: Progress) -> Path:
    """The Python for the program in the folder `program`; `here` is the folder whose packages the running one has.

    Packages of another requirements.txt are installed once into an environment of their own, below `cache`. Raises
    UserError where that fails.
    """
    wanted = _requirements(program)
    if wanted in ("", _requirements(here)):
        return Path(sys.executable)
    own = [f"{name}=={version(name)}" for name in _OF_THE_COMMAND_LINE]
    named = "\n".join([wanted, *own, f"{sys.version_info.major}.{sys.version_info.minor}"])
    folder = cache / "environments" / hashlib.sha256(named.encode()).hexdigest()[:12]
    python = folder / "bin" / "python"
    if python.is_file():
        return python
    progress.say("Installing the packages that the other revision pins; they are kept for the next time.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as scratch:
            draft = Path(scratch) / "environment"
            _run([sys.executable, "-m", "venv", str(draft)])
            pip = [str(draft / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            _run([*pip, "--no-input", "-r", str(program / REQUIREMENTS), *own])
            # Whole or not at all; another run may have been faster.
            with contextlib.suppress(OSError):
                draft.rename(folder)
    except OSError as error:
        raise UserError(f"the packages of its {REQUIREMENTS} could not be installed: {error.strerror}") from None
    return python


def _run(command: list[str]) -> None:
    try:
        done = run(command, timeout=_WITHIN)
    except subprocess.TimeoutExpired as error:
        raise UserError(f"the packages of its {REQUIREMENTS} took longer than {_WITHIN:.0f} s to install") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason was given"]
        raise UserError(f"the packages of its {REQUIREMENTS} could not be installed: {said[-1]}")


def _requirements(program: Path) -> str:
    """The pins of a folder, one a line and in order; empty where it has none."""
    file = program / REQUIREMENTS
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return "\n".join(sorted(line for line in (each.partition("#")[0].strip() for each in lines) if line))
