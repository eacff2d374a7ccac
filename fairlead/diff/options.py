"""How is `diff` typed? Its options, with the words that `--help` has for them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fairlead.diff.compared_options import (
    Against,
    Allow,
    Base,
    Compared,
    Context,
    FailOn,
    Head,
    Kubeconfig,
    Live,
    Stacks,
)
from fairlead.reports.limits import LIMIT, SMALLEST
from fairlead.terminal.options import HERE, ConfigFile, Cwd, Set, one_of, wrong


def diff(  # noqa: PLR0917 - typer makes its options of arguments
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
    written_as: Annotated[
        str | None,
        typer.Option(
            "--format", help="text, markdown or json; defaults to the suffix of --out (.md, .json), else text."
        ),
    ] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option("--out", "-o", help="Output file; defaults to standard output. May be repeated, one per format."),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="With text, show each object line by line.")] = False,
    limit: Annotated[
        int,
        typer.Option(
            "--limit", metavar="CHARS", help=f"Maximum report length of Markdown in characters, at least {SMALLEST}."
        ),
    ] = LIMIT,
    fail_on: FailOn = None,
    allow: Allow = None,
) -> None:
    """Say what a change does to requests and what is at risk, between revisions, between stacks or to a cluster."""
    from fairlead.diff.command import FORMATS, Wanted, diff_command  # noqa: PLC0415 - only this command needs it
    from fairlead.gate.typed import typed_gate  # noqa: PLC0415

    compared = Compared(stack, config_file, overrides, cwd, base, head, against, live, kubeconfig, context)
    question = compared.question()
    if written_as is not None:
        one_of("--format", written_as, FORMATS)
        if len(out or ()) > 1:
            wrong("with several --out, the file names set the formats: leave it out", "--format")
    if limit < SMALLEST:
        wrong(f"a report needs at least {SMALLEST} characters, not {limit}", "--limit")
    if allow and fail_on is None:
        wrong("belongs to --fail-on", "--allow")
    gate = None if fail_on is None else typed_gate(fail_on, allow or ())
    wanted = Wanted(written_as, tuple(out or ()), limit, verbose, gate)
    raise typer.Exit(diff_command(question, wanted))
