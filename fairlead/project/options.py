"""How are `new` and `init` typed? Their options, with the words that `--help` has for them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fairlead.terminal.options import Kubeconfig, wrong


def new(
    folder: Annotated[Path, typer.Argument(metavar="[FOLDER]", help="An empty folder, or one to make.")] = Path(),
    example: Annotated[
        str | None, typer.Option("--from", metavar="EXAMPLE", help="Its stack file: examples/NAME, or any stack file.")
    ] = None,
    stack: Annotated[str, typer.Option("--stack", "-s", help="Name of the stack.")] = "dev",
) -> None:
    """Write a new project into an empty folder: program, stack file, requirements and workflows."""
    from fairlead.project.command import new_command  # noqa: PLC0415 - only this command needs it

    typer.echo(new_command(folder, stack=stack, example=example))


def init(  # noqa: PLR0917 - typer makes its options of arguments
    folder: Annotated[Path, typer.Argument(metavar="[FOLDER]", help="An empty folder, or one to make.")] = Path(),
    context: Annotated[
        str | None, typer.Option("--from-cluster", metavar="CONTEXT", help="Draft what runs on this context's cluster.")
    ] = None,
    objects: Annotated[
        list[str] | None,
        typer.Option("--from-objects", metavar="PATH", help="Draft what YAML files or folders hold. May be repeated."),
    ] = None,
    namespaces: Annotated[
        list[str] | None, typer.Option("--namespace", help="Only what is in this namespace. May be repeated.")
    ] = None,
    kubeconfig: Kubeconfig = None,
    stack: Annotated[str, typer.Option("--stack", "-s", help="Name of the stack.")] = "dev",
) -> None:
    """Draft a project from a mesh that exists, on a cluster or as YAML; what requests get stays the same."""
    from fairlead.project.existing import mesh_of_files, mesh_on  # noqa: PLC0415 - only this command needs these
    from fairlead.project.init_command import init_command  # noqa: PLC0415

    if (context is None) == (objects is None):
        wrong("say where the mesh is: --from-cluster CONTEXT, or --from-objects PATH", "--from-cluster")
    existing = mesh_on(kubeconfig, context) if context else mesh_of_files(objects or [])
    said, same = init_command(folder, existing, context=context or "minikube", stack=stack, namespaces=namespaces or [])
    typer.echo(said)
    raise typer.Exit(0 if same else 1)
