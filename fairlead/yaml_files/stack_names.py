"""Which stacks does a folder have? Those with a file, as Pulumi names it."""

from __future__ import annotations

from pathlib import Path


def stack_names(program: Path) -> list[str]:
    """The names of the stacks that have a Pulumi.<stack>.yaml in a program's folder, sorted."""
    return sorted(path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in program.glob("Pulumi.*.yaml"))
