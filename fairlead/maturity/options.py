"""How is `maturity` typed? Its options, with the words that `--help` has for them."""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.terminal.options import HERE, ConfigFile, Cwd, Set, Stack, a_stack, one_of


def maturity(
    stack: Stack = None,
    config_file: ConfigFile = None,
    overrides: Set = None,
    cwd: Cwd = HERE,
    written_as: Annotated[str, typer.Option("--format", help="text, or json.")] = "text",
) -> None:
    """Show how far each app is, from seeing its traffic to role-based access, and the lines for its next step."""
    from fairlead.maturity.command import maturity_command  # noqa: PLC0415 - only this command needs it
    from fairlead.yaml_files.stack_reader import read_stack_file  # noqa: PLC0415

    a_stack(stack, config_file, cwd)
    one_of("--format", written_as, ("text", "json"))
    program = cwd.resolve()
    stack_file = read_stack_file(program, stack=stack, config_file=config_file, overrides=overrides)
    typer.echo(maturity_command(stack_file, program, as_json=written_as == "json"), nl=False)
