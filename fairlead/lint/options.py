"""How is `lint` typed? Its options and arguments, with the words that `--help` has for them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from fairlead.evaluation.garbage_collection import collector_paused
from fairlead.terminal.options import HERE, ConfigFile, Cwd, Set, Stack

Objects = Annotated[
    list[str] | None,
    typer.Option("--objects", metavar="PATH", help="YAML files, folders or - instead of a stack; several may follow."),
]


def lint(  # noqa: PLR0917 - typer makes its options of arguments
    stack: Stack = None,
    config_file: ConfigFile = None,
    overrides: Set = None,
    cwd: Cwd = HERE,
    objects: Objects = None,
    more: Annotated[list[str] | None, typer.Argument(metavar="PATH", help="More paths for --objects.")] = None,
    mesh_config: Annotated[
        Path | None, typer.Option("--mesh-config", help="Istio's MeshConfig, for --objects.")
    ] = None,
    namespace: Annotated[
        str | None,
        typer.Option("--namespace", help="For --objects: namespace of those without, as of kubectl apply -n."),
    ] = None,
    silenced: Annotated[
        Path | None, typer.Option("--silenced", help="For --objects: a file that lists findings that are meant.")
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="For --objects: rules in preview count as they say, instead of as infos.")
    ] = False,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile", metavar="NAME|FILE", help="Also ask what the company asks: policy/NAME.yaml, or a file."
        ),
    ] = None,
    written_as: Annotated[str, typer.Option("--format", help="text, json, sarif or github (annotations).")] = "text",
    fail_on: Annotated[
        str, typer.Option("--fail-on", help="Severity from which the exit code is 1: error, warning, info or never.")
    ] = "error",
    watch: Annotated[bool, typer.Option("--watch", help="Lint again at each change of a file, until Ctrl-C.")] = False,
    explain: Annotated[str | None, typer.Option("--explain", metavar="RULE", help="Explain a rule.")] = None,
    list_rules: Annotated[bool, typer.Option("--list", help="List every rule.")] = False,
) -> None:
    """Say what would not work in a mesh, of a stack or of anybody's plain YAML, before anything is applied."""
    with collector_paused():
        from fairlead.lint.command import lint_command, tell_of_rules  # noqa: PLC0415 - only this command needs it

    if explain is not None or list_rules:
        raise typer.Exit(tell_of_rules(explain, written_as))
    if more and not objects:
        raise typer.BadParameter(f"{more[0]} is not an option; pass YAML files with --objects", param_hint="PATH")
    named = [*objects, *(more or [])] if objects else None
    once = partial(
        lint_command,
        stack=stack,
        config_file=config_file,
        overrides=overrides,
        cwd=cwd,
        objects=named,
        mesh_config=mesh_config,
        namespace=namespace,
        silenced=silenced,
        preview=preview,
        profile=profile,
        written_as=written_as,
        fail_on=fail_on,
    )
    if not watch:
        raise typer.Exit(once())
    if "-" in (named or ()):
        raise typer.BadParameter("standard input ends; name files or folders with --objects", param_hint="--watch")
    from fairlead.lint.watching import watched  # noqa: PLC0415 - only this option needs it

    raise typer.Exit(watched(once, [Path(each) for each in named or [cwd]]))
