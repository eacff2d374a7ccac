"""How is `versions` typed? Its options, with the words that `--help` has for them."""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.terminal.options import one_of


def versions(
    offline: Annotated[bool, typer.Option("--offline", help="Only what is pinned: nobody is asked.")] = False,
    written_as: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Show which versions of charts, images and packages a stack gets, and the newest of each, as published."""
    from fairlead.versions.command import json_table, rows, text_table  # noqa: PLC0415 - only this command needs it

    one_of("--format", written_as, ("text", "json"))
    found = rows(offline=offline)
    typer.echo(json_table(found) if written_as == "json" else text_table(found))
