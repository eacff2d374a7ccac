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
from fairlead.cluster.sessions import python_in
from fairlead.comparison.lock_file import LockFile, lock_file, with_dependencies
from fairlead.project import release
from fairlead.terminal.errors import UserError
from fairlead.terminal.progress import Progress

REQUIREMENTS = "requirements.txt"
LOCKED_HERE = "requirements-cli.txt"
_OF_THE_COMMAND_LINE = ("rich", "ruamel.yaml", "typer")
_WITHIN = 900.0


def interpreter(program: Path, here: Path, cache: Path, progress: Progress) -> Path:
    """The Python for the program in the folder `program`; `here` is the folder whose packages the running one has.

    Packages of another requirements.txt are installed once into an environment of their own, below `cache`. Raises
    UserError where that fails.
    """
    wanted = lock_file(program / REQUIREMENTS)
    is_of_package = release.wanted(wanted) is not None
    # A revision from before there were lock files pins fewer packages.
    if release.is_installed(wanted) if is_of_package else wanted.pins <= lock_file(here / REQUIREMENTS).pins:
        return Path(sys.executable)
    # The package brings what its command line needs.
    added = [] if is_of_package else packages_of_the_command_line(wanted, here)
    named = "\n".join([*sorted(wanted.lines), *added, f"{sys.version_info.major}.{sys.version_info.minor}"])
    folder = cache / "environments" / hashlib.sha256(named.encode()).hexdigest()[:12]
    python = python_in(folder)
    if python.is_file():
        return python
    progress.say("Installing the packages that the other revision pins; they are kept for the next time.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as scratch:
            draft = Path(scratch) / "environment"
            _run([sys.executable, "-m", "venv", str(draft)])
            (Path(scratch) / "added.txt").write_text("\n".join(added), encoding="utf-8")
            pip = [str(python_in(draft)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            strict = ["--require-hashes", "--only-binary", ":all:"] if wanted.is_hashed else []
            if is_of_package and (wheels := release.wheel_folder()):
                strict += ["--find-links", str(wheels)]
            files = ["-r", str(program / REQUIREMENTS), "-r", str(Path(scratch) / "added.txt")]
            _run([*pip, "--no-input", *strict, *files])
            # Whole or not at all; another run may have been faster.
            with contextlib.suppress(OSError):
                draft.rename(folder)
    except OSError as error:
        raise UserError(f"the packages of its {REQUIREMENTS} could not be installed: {error.strerror}") from None
    return python


def packages_of_the_command_line(revision: LockFile, here: Path) -> list[str]:
    """What the command line needs in the revision's environment and the revision does not pin: with the hashes of this
    folder's lock file where the revision's packages have hashes too, as pip takes all of them or none."""
    if not revision.is_hashed:
        return [f"{name}=={version(name)}" for name in _OF_THE_COMMAND_LINE]
    locked = lock_file(here / LOCKED_HERE).packages
    missing = with_dependencies(_OF_THE_COMMAND_LINE) - revision.packages.keys()
    if unlocked := sorted(missing - locked.keys()):
        raise UserError(
            f"{LOCKED_HERE} does not pin {', '.join(unlocked)}, which the command line needs: run `make lock`"
        )
    return [locked[name] for name in sorted(missing)]


def _run(command: list[str]) -> None:
    try:
        done = run(command, timeout=_WITHIN)
    except subprocess.TimeoutExpired as error:
        raise UserError(f"the packages of its {REQUIREMENTS} took longer than {_WITHIN:.0f} s to install") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason was given"]
        raise UserError(f"the packages of its {REQUIREMENTS} could not be installed: {said[-1]}")
