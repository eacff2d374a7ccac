"""How is `picture` typed? Its options, with the words that `--help` has for them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fairlead.terminal.options import HERE, ConfigFile, Cwd, Set, Stack, a_stack


def picture(
    out: Annotated[Path, typer.Option("--out", "-o", help="Output folder; other files in it are kept.")],
    stack: Stack = None,
    config_file: ConfigFile = None,
    overrides: Set = None,
    cwd: Cwd = HERE,
) -> None:
    """Draw a stack: gateways, routes with their weights, versions and policies, as SVG and as a page to search in."""
    from fairlead.picture.command import picture_command  # noqa: PLC0415 - only this command needs it

    a_stack(stack, config_file, cwd)
    picture_command(stack=stack, config_file=config_file, overrides=overrides, cwd=cwd, out=out)
