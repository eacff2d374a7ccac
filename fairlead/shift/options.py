"""How is `shift` typed? Its options, with the words that `--help` has for them."""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.terminal.options import HERE, ConfigFile, Cwd, Stack, a_stack


def shift(  # noqa: PLR0917 - typer makes its options of arguments
    app: Annotated[str, typer.Argument(metavar="APP", help="The app, by its name.")],
    weights: Annotated[
        list[str],
        typer.Argument(
            metavar="VERSION=PERCENT...", help="New weights, such as v2=50; of two versions the other gets the rest."
        ),
    ],
    stack: Stack = None,
    config_file: ConfigFile = None,
    cwd: Cwd = HERE,
    route: Annotated[
        str | None,
        typer.Option(
            "--route", help="Of several routes with weights: its index from 0, its name, or a path it matches."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and write nothing.")] = False,
) -> None:
    """Edit the weights of an app in the stack file, and show what becomes of its requests.

    Nothing else of the file changes. Nothing at all does where lint finds an error in the result.
    """
    from fairlead.shift.command import Shift, shift_command  # noqa: PLC0415 - only this command needs it

    a_stack(stack, config_file, cwd)
    raise typer.Exit(shift_command(Shift(app, tuple(weights), route), stack, config_file, cwd, dry_run=dry_run))
