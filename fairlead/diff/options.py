"""How is `diff` typed? Its options, with the words that `--help` has for them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fairlead.reports.limits import LIMIT, SMALLEST
from fairlead.terminal.options import HERE, ConfigFile, Cwd, Set, a_stack, one_of, wrong


def diff(  # noqa: PLR0917 - typer makes its options of arguments
    stack: Annotated[
        list[str] | None,
        typer.Option(
            "--stack",
            "-s",
            help="Name of the stack; its config is in Pulumi.<stack>.yaml. With --base, repeat it for one report.",
        ),
    ] = None,
    config_file: ConfigFile = None,
    overrides: Set = None,
    cwd: Cwd = HERE,
    base: Annotated[
        str | None, typer.Option("--base", metavar="REV", help="Revision to compare with: a branch, a tag, a commit.")
    ] = None,
    head: Annotated[
        str | None, typer.Option("--head", metavar="REV", help="The later revision; defaults to the working folder.")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option("--against-stack", metavar="STACK", help="Another stack to compare with, instead of a revision."),
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Compare with the live cluster of the stack: drift.")] = False,
    kubeconfig: Annotated[
        Path | None, typer.Option("--kubeconfig", help="With --live: kubeconfig file, if the stack sets none.")
    ] = None,
    context: Annotated[
        str | None, typer.Option("--context", help="With --live: context of the kubeconfig, if the stack sets none.")
    ] = None,
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
) -> None:
    """Say what a change does to requests and what is at risk, between revisions, between stacks or to a cluster."""
    from fairlead.comparison.stack_choice import StackChoice  # noqa: PLC0415
    from fairlead.diff.command import FORMATS, diff_command  # noqa: PLC0415 - only this command needs it
    from fairlead.diff.questions import drift, revisions_apart, stacks_apart  # noqa: PLC0415
    from fairlead.drift.stack_cluster import Named  # noqa: PLC0415

    first, *more = stack or [None]
    a_stack(first, config_file)
    chosen = {"--base": base is not None, "--against-stack": against is not None, "--live": live}
    if sum(chosen.values()) > 1:
        wrong("they exclude each other: keep one", " and ".join(option for option, given in chosen.items() if given))
    if not any(chosen.values()):
        wrong("choose what to compare with: --base REV, --against-stack STACK or --live", "--base")
    if (kubeconfig or context) and not live:
        wrong("belongs to --live", "--kubeconfig" if kubeconfig else "--context")
    if more and base is None:
        wrong("several stacks are compared with --base only", "--stack")
    if written_as is not None:
        one_of("--format", written_as, FORMATS)
        if len(out or ()) > 1:
            wrong("with several --out, the file names set the formats: leave it out", "--format")
    if limit < SMALLEST:
        wrong(f"a report needs at least {SMALLEST} characters, not {limit}", "--limit")
    program = cwd.resolve()
    asked = StackChoice(first, _place(config_file, program, base or head), tuple(overrides or ()))
    if base is not None:
        others = [StackChoice(each, None, asked.overrides) for each in dict.fromkeys(more) if each != first]
        make = revisions_apart(program, [asked, *others], base, head)
    elif against is not None:
        make = stacks_apart(program, asked, StackChoice(against, None, asked.overrides), head)
    else:
        make = drift(program, asked, head, Named(kubeconfig, context))
    raise typer.Exit(diff_command(make, written_as=written_as, out=out or (), limit=limit, verbose=verbose))


def _place(config_file: Path | None, program: Path, revision: str | None) -> Path | None:
    """The stack file, relative to the program where a revision is asked for: it has it at the same place."""
    if config_file is None:
        return None
    whole = config_file.resolve()
    if not revision:
        return whole
    if not whole.is_relative_to(program):
        wrong(f"{config_file} is outside the program's folder, where no revision has it", "--config-file")
    return whole.relative_to(program)
