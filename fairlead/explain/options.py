"""How is `explain` typed? Its options and arguments, with the words that `--help` has for them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fairlead.terminal.options import HERE, ConfigFile, Cwd, Set, Stack, wrong


def explain(  # noqa: PLR0917 - typer makes its options of arguments
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="REQUEST", help="'GET http://host/path', or a URL; after --objects also more paths."),
    ] = None,
    stack: Stack = None,
    config_file: ConfigFile = None,
    overrides: Set = None,
    cwd: Cwd = HERE,
    objects: Annotated[
        list[str] | None,
        typer.Option("--objects", metavar="PATH", help="YAML files or folders instead of a stack; several may follow."),
    ] = None,
    header: Annotated[
        list[str] | None, typer.Option("--header", "-H", metavar="'NAME: VALUE'", help="A header. May be repeated.")
    ] = None,
    caller: Annotated[
        str,
        typer.Option(
            "--from", metavar="CALLER", help="The client: internet, outside-the-mesh, or pods as namespace/workload."
        ),
    ] = "internet",
    gateway: Annotated[
        str | None,
        typer.Option("--gateway", metavar="[NAMESPACE/]NAME", help="The gateway that the internet connects to."),
    ] = None,
    jwt: Annotated[
        str | None, typer.Option("--jwt", metavar="JSON", help="Claims of a token that counts as valid.")
    ] = None,
    requests: Annotated[
        Path | None, typer.Option("--requests", metavar="FILE", help="Several requests at once, as JSON.")
    ] = None,
    all_classes: Annotated[
        bool, typer.Option("--all", help="One line for each class of requests that the mesh tells apart.")
    ] = False,
    mesh_config: Annotated[
        Path | None, typer.Option("--mesh-config", help="Istio's MeshConfig, for --objects.")
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="The mesh as it is on the stack's cluster now, not as the stack says.")
    ] = False,
    kubeconfig: Annotated[Path | None, typer.Option("--kubeconfig", help="Kubeconfig, for --live.")] = None,
    context: Annotated[str | None, typer.Option("--context", help="Context of the kubeconfig, for --live.")] = None,
    written_as: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
) -> None:
    """Say what happens to a request on its whole way through the mesh, and which object decides each step."""
    from fairlead.drift.stack_cluster import Named  # noqa: PLC0415
    from fairlead.explain.command import Question, explain_command  # noqa: PLC0415 - only this command needs it

    if (kubeconfig or context) and not live:
        wrong("belongs to --live", "--kubeconfig" if kubeconfig else "--context")
    given = [each for each in what or [] if "://" in each]
    question = Question(given[0] if given else None, caller, gateway or "", tuple(header or ()), jwt)
    paths = [*(objects or []), *(each for each in what or [] if "://" not in each)]
    if paths and not objects:
        raise typer.BadParameter(f"{paths[0]} is not a request; write 'GET http://host/path'", param_hint="REQUEST")
    if len(given) > 1:
        raise typer.BadParameter("ask for one request, or for several with --requests", param_hint="REQUEST")
    explain_command(
        question,
        stack=stack,
        config_file=config_file,
        overrides=overrides,
        cwd=cwd,
        objects=paths,
        requests=requests,
        all_classes=all_classes,
        mesh_config=mesh_config,
        written_as=written_as,
        live=Named(kubeconfig, context) if live else None,
    )
