"""How is `versions` typed? Its options, with the words that `--help` has for them."""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.terminal.options import HERE, ConfigFile, Cwd, Stack, one_of, wrong


def versions(  # noqa: PLR0917 - typer makes its options of arguments
    offline: Annotated[bool, typer.Option("--offline", help="Only what is pinned: nobody is asked.")] = False,
    stack: Stack = None,
    config_file: ConfigFile = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="VERSION", help="With a stack: Istio's version to upgrade to, not the newest."),
    ] = None,
    cwd: Cwd = HERE,
    written_as: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Show which versions of charts, images and packages a stack gets, the newest of each, and what of Istio's changes
    touches a stack."""
    from fairlead.versions.command import versions_command  # noqa: PLC0415 - only this command needs it

    one_of("--format", written_as, ("text", "json"))
    has_stack = stack is not None or config_file is not None
    if to is not None and (not has_stack or offline):
        wrong("it is about a stack, and about what is published: name one with --stack, without --offline", "--to")
    typer.echo(versions_command(stack, config_file, cwd, to=to, offline=offline, as_json=written_as == "json"))
