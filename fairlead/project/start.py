"""May this fairlead run what it was asked to, in this folder? In a clone the clone's own code runs; in a project of
another version it is said, and nothing is changed.

What only looks goes on after a note: it is the quickest way to see what another version says. `up` and `env` end here,
as they apply what this version says, and `pulumi up` what the project names. `down` goes on: what is to go must be able
to.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from fairlead.cluster.sessions import python_in
from fairlead.project.release import installed, is_clone, mismatch, named, program_folder

_CHANGING = ("up", "env")
_WRONG_USE = 2


def started_where_it_belongs(arguments: Sequence[str]) -> None:
    """Go on, after a note where there is one to give; ends the process where another fairlead has to run."""
    if not installed():
        return
    here = Path()
    if is_clone(here):
        sys.exit(_run_by_clone(here, arguments))
    program = program_folder(arguments)
    if is_clone(program):
        _end(
            f"{program} is a clone of fairlead, whose own code is to run.",
            f"Run this in {program}, with its own environment.",
        )
    if not (wrong := mismatch(program)):
        return
    version = named(program)
    exact = f"=={version}" if version[:1].isdigit() else version
    remedy = f"Install that version (pipx install --force 'fairlead{exact}'), or name this one there."
    if arguments[:1] and arguments[0] in _CHANGING:
        _end(f"{wrong}: what this one says would be applied.", remedy)
    typer.echo(f"note: {wrong}, which may say something else. {remedy}", err=True)


def _run_by_clone(clone: Path, arguments: Sequence[str]) -> int:
    """The exit code of the clone's own command line, run by the environment that `make install` made there."""
    own = python_in(clone / ".venv")
    python = str(own) if own.is_file() else sys.executable
    return subprocess.call([python, "-m", "fairlead", *arguments], cwd=clone)


def _end(wrong: str, remedy: str) -> None:
    typer.echo(f"error: {wrong}\n{remedy}", err=True)
    sys.exit(_WRONG_USE)
