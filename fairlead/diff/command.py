"""How does `diff` run? It finds both sides, compares them, and writes what a reviewer wants to know."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer

from fairlead.cluster.interrupts import termination_is_interrupt
from fairlead.cluster.toolchain import Toolchain
from fairlead.reports.json_report import json_report
from fairlead.reports.markdown_report import markdown_report
from fairlead.reports.report import Report
from fairlead.reports.text_report import text_report
from fairlead.terminal.errors import UserError, unwritable
from fairlead.terminal.plain_console import PlainConsole
from fairlead.terminal.printable import colours_wanted
from fairlead.terminal.progress import ConsoleProgress

FORMATS = ("text", "markdown", "json")
WRONG_USE = 2
INTERRUPTED = 130


def diff_command(
    make: Callable[[Toolchain], Report], *, written_as: str, out: Path | None, limit: int, verbose: bool
) -> int:
    """Make the report and print it. The exit code: 1 where what was asked about cannot be had, 2 for a wrong use.

    Ctrl-C ends it with a word and 130, as a shell has it.
    """
    progress = ConsoleProgress(PlainConsole(stderr=True))
    try:
        with termination_is_interrupt():
            report = make(Toolchain(progress))
        _write(_written(report, written_as, limit, verbose=verbose, to_file=out is not None), out)
    except UserError as error:
        typer.echo(f"error: {error}", err=True)
        return WRONG_USE
    except KeyboardInterrupt:
        typer.echo("Interrupted; what this run had started is stopped, and its worktrees are removed.", err=True)
        return INTERRUPTED
    return int(report.failed)


def _written(report: Report, written_as: str, limit: int, *, verbose: bool, to_file: bool) -> str:
    if written_as == "json":
        return json_report(report)
    if written_as == "markdown":
        return markdown_report(report, limit=limit)
    return text_report(report, colours=not to_file and colours_wanted(), verbose=verbose)


def _write(text: str, out: Path | None) -> None:
    if out is None:
        typer.echo(text)
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise unwritable(out, error, "Name another file with --out.") from None
