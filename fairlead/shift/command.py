"""How does `shift` run? It edits the stack file, if lint finds nothing wrong with the result, and shows the diff."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from fairlead.comparison.compare import compare
from fairlead.comparison.comparison import Side
from fairlead.comparison.lint_change import lint_change
from fairlead.comparison.own_findings import findings_of
from fairlead.effects.effects import effects
from fairlead.evaluation.evaluation import evaluate
from fairlead.lint.linted import Linted
from fairlead.lint.stack_lint import lint_stack
from fairlead.lint.text_report import text_report as lint_report
from fairlead.reports.report import Report
from fairlead.reports.text_report import text_report
from fairlead.shift.edited_text import edited_text
from fairlead.shift.new_weights import app_named, new_weights, route_meant
from fairlead.terminal.errors import UserError, unwritable
from fairlead.terminal.printable import colours_wanted
from fairlead.yaml_files.described_mesh import described_mesh
from fairlead.yaml_files.stack_file import StackFile, qualified
from fairlead.yaml_files.stack_reader import read_stack_file
from fairlead.yaml_files.yaml_text import from_yaml
from fairlead_mesh.config import Config
from fairlead_mesh.findings import ConfigError
from fairlead_mesh.findings import Path as Place

WRONG_USE = 2


@dataclass(frozen=True)
class Shift:
    """What was typed: the app, its new weights, and which of its routes."""

    app: str
    weights: tuple[str, ...]
    route: str | None = None


def shift_command(typed: Shift, stack: str | None, config_file: Path | None, cwd: Path, *, dry_run: bool) -> int:
    """Shift and print. The exit code: 1 where lint finds an error in the result, 2 for a wrong use; nothing is written
    then."""
    try:
        return _shifted(typed, cwd.resolve(), stack, config_file, dry_run=dry_run)
    except UserError as error:
        typer.echo(f"error: {error}", err=True)
        return WRONG_USE


def _shifted(typed: Shift, program: Path, stack: str | None, config_file: Path | None, *, dry_run: bool) -> int:
    before = read_stack_file(program, stack=stack, config_file=config_file)
    config = _config(before)
    index = app_named(config, typed.app)
    app = config.apps[index]
    number = route_meant(app, typed.route)
    weights = new_weights(app, number, typed.weights)
    place: Place = (_key(before), index, "routes", number, "weights")
    text = _text(before.path)
    edited = edited_text(text, place, weights)
    if edited == text:
        typer.echo(f"{app.name} has these weights already; {before.path.name} is unchanged.")
        return 0
    shares = ", ".join(f"{name}: {weight}" for name, weight in weights.items())
    override = f"apps[{index}].routes[{number}].weights={{{shares}}}"
    after = read_stack_file(program, stack=stack, config_file=config_file, overrides=[override])
    _must_say(edited, after)
    old, new = (
        lint_stack(program, stack=stack, config_file=config_file, overrides=each) for each in (None, [override])
    )
    if new.fails("error"):
        typer.echo(lint_report(new, colours=colours_wanted()))
        typer.echo(f"error: lint finds errors, so {before.path.name} is unchanged", err=True)
        return 1
    report = _report(program, before, after, (old, new))
    if not dry_run:
        _write(before.path, edited)
    typer.echo(text_report(report, colours=colours_wanted()))
    said = "would be written to" if dry_run else "is written to"
    typer.echo(f"\n{app.name}: {shares} {said} {before.path}; review it, then: pulumi up")
    return 0


def _config(read: StackFile) -> Config:
    try:
        return described_mesh(read)
    except ConfigError as error:
        raise UserError(str(error)) from None


def _key(read: StackFile) -> str:
    """As the file writes it: the Pulumi CLI lets the project's name out where it is the program's own."""
    written: dict[str, Any] = from_yaml(_text(read.path)).get("config") or {}
    return next((key for key in (f"{read.project}:apps", "apps") if key in written), f"{read.project}:apps")


def _text(path: Path) -> str:
    """With its own line ends."""
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def _must_say(edited: str, after: StackFile) -> None:
    """The edited text means the same as the weights set by themselves, and nothing else."""
    written: dict[str, Any] = from_yaml(edited).get("config") or {}
    said = {qualified(key, after.project): value for key, value in written.items()}
    if said != after.config:
        raise UserError(f"{after.path}: an edit would change more than the weights.", "Change these weights by hand.")


def _report(program: Path, before: StackFile, after: StackFile, linted: tuple[Linted, Linted]) -> Report:
    sides = [
        Side(label, evaluate(program, each, key="shift"))
        for label, each in (("before", before), ("after the shift", after))
    ]
    comparison = compare(*sides)
    change = lint_change(*(findings_of(each, program) for each in linted))
    return Report(before.stack, sides[0].label, sides[1].label, comparison, effects(comparison), change)


def _write(path: Path, text: str) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:
        raise unwritable(path, error, "Make it writable and run the command again.") from None
