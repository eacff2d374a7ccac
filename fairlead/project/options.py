"""How is `new` typed? Its options, with the words that `--help` has for them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def new(
    folder: Annotated[Path, typer.Argument(metavar="[FOLDER]", help="An empty folder, or one to make.")] = Path(),
    example: Annotated[
        str | None, typer.Option("--from", metavar="EXAMPLE", help="Its stack file: examples/NAME, or any stack file.")
    ] = None,
    stack: Annotated[str, typer.Option("--stack", "-s", help="Name of the stack.")] = "dev",
) -> None:
    """Write a new project into an empty folder: program, stack file, requirements and workflows."""
    from fairlead.project.command import new_command  # noqa: PLC0415 - only this command needs it

    typer.echo(new_command(folder, stack=stack, example=example))
