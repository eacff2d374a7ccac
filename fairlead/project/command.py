"""How does `new` run? It writes a whole project into an empty folder, or nothing, and says what comes next."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from fairlead.project.files import SCHEMA, empty_folder, project_files
from fairlead.project.release import wheel_folder
from fairlead.reference.schema import schema_text
from fairlead.terminal.errors import unwritable


def new_command(folder: Path, *, stack: str, example: str | None) -> str:
    """Write the project; what to say of it. Raises UserError where the folder is not empty."""
    files = project_files(stack, example)
    empty_folder(folder, "new")
    write_whole(folder, {**files, SCHEMA: schema_text()})
    return "\n".join([*(f"  {path}" for path in files), f"  {SCHEMA}, for editors", "", *next_steps(folder, stack)])


def next_steps(folder: Path, stack: str) -> list[str]:
    """What to type then."""
    enter = [] if folder.resolve() == Path.cwd() else [f"cd {folder}"]
    # A wheel that is a file is on no index that pip would ask.
    wheels = wheel_folder()
    packages = "pulumi install" if wheels is None else f"PIP_FIND_LINKS={wheels} pulumi install"
    column = max(len(packages), len(f"fairlead preview --stack {stack}")) + 3
    steps = [
        (f"fairlead lint --stack {stack}", "what would not work; write your cluster into the stack file"),
        (f"fairlead preview --stack {stack}", "the resources, without a cluster or an account"),
        (packages, "the program's packages, into .venv"),
        (f"fairlead up --stack {stack}", "or pulumi up"),
    ]
    return ["Next:", *(f"  {line}" for line in enter), *(f"  {line:<{column}}# {why}" for line, why in steps)]


def write_whole(folder: Path, files: Mapping[str, str]) -> None:
    """All of them, or none where one cannot be written."""
    made: list[Path] = []
    try:
        for name, text in files.items():
            path = folder / name
            made += _folders(path.parent)
            path.write_text(text, encoding="utf-8", newline="\n")
            made.append(path)
    except OSError as error:
        for path in reversed(made):
            path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
        raise unwritable(error.filename or folder, error, "Name another folder.") from None


def _folders(folder: Path) -> list[Path]:
    """Those that had to be made, outer ones first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()][::-1]
    os.makedirs(folder, exist_ok=True)
    return missing
