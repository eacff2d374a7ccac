"""How is `doctor` typed? Its options, with the words that `--help` has for them."""

from __future__ import annotations

from typing import Annotated

import typer

from fairlead.terminal.options import HERE, ConfigFile, Context, Cwd, Kubeconfig, Set, Stack, a_stack, one_of

_FORMATS = ("text", "json", "junit")


def doctor(  # noqa: PLR0917 - typer makes its options of arguments
    stack: Stack = None,
    config_file: ConfigFile = None,
    overrides: Set = None,
    live: Annotated[
        bool, typer.Option("--live", help="Also ask the cluster, AWS and the charts' repositories; nothing is changed.")
    ] = False,
    written_as: Annotated[
        str, typer.Option("--format", "-f", metavar="text|json|junit", help="How the diagnosis is written.")
    ] = "text",
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    cwd: Cwd = HERE,
) -> None:
    """Say what would keep a stack from coming up, or keeps it from working: one line a cause, with the remedy."""
    from fairlead.doctor.command import doctor_command  # noqa: PLC0415 - see fairlead/__main__.py
    from fairlead.drift.stack_cluster import Named  # noqa: PLC0415
    from fairlead.yaml_files.stack_reader import read_stack_file  # noqa: PLC0415

    a_stack(stack, config_file, cwd)
    one_of("--format", written_as, _FORMATS)
    program = cwd.resolve()
    stack_file = read_stack_file(program, stack=stack, config_file=config_file, overrides=overrides)
    raise typer.Exit(doctor_command(program, stack_file, Named(kubeconfig, context), written_as, live=live))
