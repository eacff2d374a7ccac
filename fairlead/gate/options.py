"""How is `gate` typed? Its options, with the words that `--help` has for them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fairlead.diff.compared_options import Against, Allow, Base, Compared, Context, Head, Kubeconfig, Live, Stacks
from fairlead.terminal.options import HERE, ConfigFile, Cwd, Set, one_of, wrong

_CLASSES = "interrupts, exposes, rejects, replaces, deletes, control-plane, restarts"


def gate(  # noqa: PLR0917 - typer makes its options of arguments
    fail_on: Annotated[
        str,
        typer.Option("--fail-on", metavar="CLASSES", help=f"Risk classes, with commas between them: {_CLASSES}."),
    ],
    stack: Stacks = None,
    config_file: ConfigFile = None,
    overrides: Set = None,
    cwd: Cwd = HERE,
    base: Base = None,
    head: Head = None,
    against: Against = None,
    live: Live = False,
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="A report of `diff --format json`, instead of comparing."),
    ] = None,
    allow: Allow = None,
    written_as: Annotated[str, typer.Option("--format", help="text, or github (annotations).")] = "text",
) -> None:
    """Exit with 3 if a change brings a risk of the classes named, and nobody lets that class through with a reason."""
    from fairlead.gate.command import gate_command  # noqa: PLC0415 - only this command needs it
    from fairlead.gate.typed import typed_gate  # noqa: PLC0415

    one_of("--format", written_as, ("text", "github"))
    compared = Compared(stack, config_file, overrides, cwd, base, head, against, live, kubeconfig, context)
    if report is not None and (compared.is_asked or stack or config_file):
        wrong("a report was compared already: leave out the stack and what to compare with", "--report")
    question = None if report is not None else compared.question()
    raise typer.Exit(gate_command(typed_gate(fail_on, allow or ()), question, report, written_as))
