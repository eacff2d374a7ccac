"""Which Python runs a revision? This one, or where the revision pins other packages, one that has those."""

from __future__ import annotations

import hashlib
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

from fairlead.cluster.child import run
from fairlead.errors import UserError
from fairlead.progress import Progress

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
    if (folder / "ready").is_file():
        return python
    progress.say("Installing the packages that the other revision pins; they are kept for the next time.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _run([sys.executable, "-m", "venv", str(folder)])
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    _run([*pip, "-r", str(program / REQUIREMENTS), *own])
    (folder / "ready").touch()
    return python


def _run(command: list[str]) -> None:
    done = run(command, timeout=_WITHIN)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason was given"]
        raise UserError(f"the packages of its {REQUIREMENTS} could not be installed: {said[-1]}")


def _requirements(program: Path) -> str:
    """The pins of a folder, one a line and in order; empty where it has none."""
    file = program / REQUIREMENTS
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return "\n".join(sorted(line for line in (each.partition("#")[0].strip() for each in lines) if line))
