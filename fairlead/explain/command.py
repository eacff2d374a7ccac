"""How does `explain` run? It reads a mesh, follows the requests through it, and writes what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fairlead.evaluation.garbage_collection import collector_paused
from fairlead.explain.asked_mesh import AskedMesh, mesh_of_objects, mesh_of_stack
from fairlead.explain.json_report import json_report
from fairlead.explain.questions import Question, typed
from fairlead.explain.request_file import listed
from fairlead.explain.text_report import ends, text_report, typed_request
from fairlead.terminal.errors import UserError
from fairlead.terminal.options import a_stack, one_of, wrong
from fairlead.terminal.printable import one_line
from fairlead.yaml_files.stack_file import StackFile
from fairlead.yaml_files.stack_reader import read_stack_file
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.traffic.explanation import Explanation, UnknownCallerError, explanation, in_order

if TYPE_CHECKING:
    from fairlead.drift.stack_cluster import Named
    from fairlead.explain.classes import Classes

__all__ = ["Question", "explain_command"]
_NOT_SERVED = (404,)


@collector_paused()
def explain_command(
    question: Question,
    *,
    stack: str | None,
    config_file: Path | None,
    overrides: list[str] | None,
    cwd: Path,
    objects: list[str],
    requests: Path | None,
    all_classes: bool,
    mesh_config: Path | None,
    written_as: str,
    live: Named | None = None,
) -> None:
    """Explain and print; with `live`, the mesh as it is on the stack's cluster. Raises UserError."""
    one_of("--format", written_as, ("text", "json"))
    if sum((question.text is not None, requests is not None, all_classes)) != 1:
        wrong("ask for one request, for those of a file with --requests, or for all with --all", "REQUEST")
    if objects and (stack or config_file or overrides):
        wrong("--objects excludes a stack and --set: leave out one or the other", "--objects")
    if objects and live:
        wrong("--objects excludes --live: leave out one or the other", "--live")
    if objects:
        asked = mesh_of_objects(objects, mesh_config)
    else:
        a_stack(stack, config_file, cwd, or_else="YAML files with --objects")
        program = cwd.resolve()
        read = read_stack_file(program, stack=stack, config_file=config_file, overrides=overrides)
        asked = _live(read, program, live) if live else mesh_of_stack(read, program)
    if all_classes:
        from fairlead.explain.classes import classes  # noqa: PLC0415 - a single request needs none of it

        _print_all(classes(asked.mesh), asked, written_as)
    elif requests is not None:
        several = listed(requests, asked.mesh)
        found = list(in_order(asked.mesh, several))
        _print(several, found, asked, written_as)
    else:
        one, found_one = _likeliest(typed(question, asked.mesh), asked)
        _print([one], [found_one], asked, written_as)


def _live(read: StackFile, program: Path, named: Named) -> AskedMesh:
    from fairlead.drift.stack_cluster import stack_cluster  # noqa: PLC0415 - as those below, for a cluster alone
    from fairlead.evaluation.evaluation import evaluate  # noqa: PLC0415
    from fairlead.explain.live_mesh import mesh_of_cluster  # noqa: PLC0415

    with closing(stack_cluster(evaluate(program, read), program, named)) as cluster:
        asked, unread = mesh_of_cluster(cluster)
    for each in unread:
        typer.echo(one_line(f"Not read: {each}"), err=True)
    return asked


def _explained(asked: AskedMesh, one: Request) -> Explanation:
    try:
        return explanation(asked.mesh, one)
    except UnknownCallerError as error:
        raise UserError(
            f"{str(error)[0].upper()}{str(error)[1:]}", "Clients are internet or namespace/workload."
        ) from None


def _likeliest(candidates: Sequence[Request], asked: AskedMesh) -> tuple[Request, Explanation]:
    """Of the gateways that a request could come through, the first that serves it."""
    found = [(each, _explained(asked, each)) for each in candidates]
    served = (pair for pair in found if pair[1].open or (set(pair[1].statuses) - set(_NOT_SERVED)))
    return next(served, found[0])


def _print(asked_for: Sequence[Request], found: Sequence[Explanation], asked: AskedMesh, written_as: str) -> None:
    if written_as == "json":
        typer.echo(json_report(found, asked))
        return
    reports = (text_report(one, each, asked) for one, each in zip(asked_for, found, strict=True))
    typer.echo("\n\n".join(reports))


def _print_all(asked_for: Classes, asked: AskedMesh, written_as: str) -> None:
    """One line for each class of requests, and at the end where there may be more."""
    found = [_explained(asked, each) for each in asked_for.requests]
    if written_as == "json":
        typer.echo(json_report(found, asked, asked_for))
        return
    for one, each in zip(asked_for.requests, found, strict=True):
        said = f"not decided: {each.open}" if each.open else "; ".join(line.strip() for line in ends(each))
        typer.echo(one_line(f"{typed_request(one)}: {said}"))
    for reason in asked_for.open:
        typer.echo(one_line(f"not decided: {reason}"))
