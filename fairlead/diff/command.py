"""How does `diff` run? It finds both sides, compares them, and writes what a reviewer wants to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from fairlead.cluster.interrupts import termination_is_interrupt
from fairlead.cluster.toolchain import Toolchain
from fairlead.diff.questions import Question
from fairlead.gate.gate import Gate
from fairlead.gate.gate_report import gate_text
from fairlead.reports.json_report import documents, json_reports
from fairlead.reports.markdown.markdown_stacks import markdown_reports
from fairlead.reports.report import Report
from fairlead.reports.text_report import text_reports
from fairlead.reports.wording import opening
from fairlead.terminal.errors import UserError, unwritable
from fairlead.terminal.plain_console import PlainConsole
from fairlead.terminal.printable import colours_wanted, one_line
from fairlead.terminal.progress import ConsoleProgress

FORMATS = ("text", "markdown", "json")
_SUFFIXES = {".md": "markdown", ".json": "json"}
WRONG_USE = 2
INTERRUPTED = 130


@dataclass(frozen=True)
class Wanted:
    """In which form the report is wanted and where; `gate` says which risks stop it."""

    written_as: str | None
    out: tuple[Path, ...]
    limit: int
    verbose: bool
    gate: Gate | None = None


def diff_command(make: Question, wanted: Wanted) -> int:
    """Make the report and print it. The exit code: 1 where what was asked about cannot be had, 2 for a wrong use, 3
    where the gate stops it.

    Ctrl-C ends it with a word and 130, as a shell has it.
    """
    progress = ConsoleProgress(PlainConsole(stderr=True))
    try:
        with termination_is_interrupt():
            reports = make(Toolchain(progress))
        for path in wanted.out or (None,):
            form = wanted.written_as or form_of(path)
            _write(_written(reports, form, wanted.limit, verbose=wanted.verbose, to_file=path is not None), path)
    except UserError as error:
        typer.echo(f"error: {error}", err=True)
        return WRONG_USE
    except KeyboardInterrupt:
        typer.echo("Interrupted; what this run had started is stopped, and its worktrees are removed.", err=True)
        return INTERRUPTED
    for each in reports if len(reports) > 1 else ():
        if each.failed:
            typer.echo(one_line(f"{each.stack}: {opening(each)}"), err=True)
    if any(each.failed for each in reports):
        return 1
    if wanted.gate is None:
        return 0
    decision = wanted.gate.decision(documents(reports))
    typer.echo(gate_text(decision), err=True)
    return decision.exit_code


def form_of(path: Path | None) -> str:
    """Which format the name of a file asks for."""
    return _SUFFIXES.get(path.suffix.lower(), "text") if path else "text"


def _written(reports: Sequence[Report], written_as: str, limit: int, *, verbose: bool, to_file: bool) -> str:
    if written_as == "json":
        return json_reports(reports)
    if written_as == "markdown":
        return markdown_reports(reports, limit=limit)
    return text_reports(reports, colours=not to_file and colours_wanted(), verbose=verbose)


def _write(text: str, out: Path | None) -> None:
    if out is None:
        typer.echo(text)
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise unwritable(out, error, "Name another file with --out.") from None
