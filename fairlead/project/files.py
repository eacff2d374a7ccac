"""Which files does a new project have? Those of the template, and the stack file that was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from fairlead.project.shipped import shipped
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.file_text import text_of_named
from fairlead_mesh.keys.nearest import nearest

_FEW = 5
_DEFAULT = "dev"
STACK_FILE = f"Pulumi.{_DEFAULT}.yaml"
_DEPLOYS = ".github/workflows/deploy.yml"
SCHEMA = "stack.schema.json"
_TEMPLATE_SECTION = re.compile(r"^template:\n(?:[ ].*\n)+", re.MULTILINE)
_STACK = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_MODELINE = re.compile(r"^# yaml-language-server: \$schema=\S+$", re.MULTILINE)


def project_files(stack: str, example: str | None) -> dict[str, str]:
    """Path -> text of each file. Raises UserError where there is no such example."""
    if not _STACK.fullmatch(stack):
        raise UserError(f"{stack} cannot be the name of a stack.", "Use letters, digits, -, _ and . in it.")
    template = shipped("template")
    found = {path.relative_to(template).as_posix(): path.read_text(encoding="utf-8") for path in _files(template)}
    found["Pulumi.yaml"] = _TEMPLATE_SECTION.sub("", found["Pulumi.yaml"])
    text = found.pop(STACK_FILE)
    if example is not None:
        text = _MODELINE.sub(f"# yaml-language-server: $schema={SCHEMA}", _example(example))
    found[_DEPLOYS] = re.sub(rf"\b{_DEFAULT}\b", stack, found[_DEPLOYS])
    return dict(sorted({**found, f"Pulumi.{stack}.yaml": text}.items()))


def examples() -> dict[str, Path]:
    """Name -> stack file of each example."""
    return {path.stem: path for path in sorted(shipped("examples").glob("*.yaml"))}


def _example(asked: str) -> str:
    known = examples()
    name = asked.removeprefix("examples/").removesuffix(".yaml")
    if name in known:
        return known[name].read_text(encoding="utf-8")
    meant = nearest(name, known)
    did_you_mean = f"Did you mean examples/{meant}? " if meant else ""
    return text_of_named(
        Path(asked), missing=f"{did_you_mean}Name a stack file, or one of the examples: {', '.join(known)}."
    )


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def empty_folder(folder: Path, command: str) -> None:
    """Whether a project may be written there: a repository that has just been made is empty, too. Raises UserError."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UserError(f"{folder} is a file.", "Name a folder that is empty, or that does not exist.")
    held = sorted(path.name for path in folder.iterdir() if path.name != ".git")
    more = f" and {len(held) - _FEW} more" if len(held) > _FEW else ""
    if held:
        raise UserError(
            f"{folder.resolve()} is not empty: it has {', '.join(held[:_FEW])}{more}.",
            f"Name an empty folder, or one that does not exist: fairlead {command} my-mesh.",
        )
