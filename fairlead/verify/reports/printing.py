"""How do a list and a report get to the terminal, to a pipe and into files?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import typer

from fairlead.terminal.errors import unwritable
from fairlead.terminal.printable import printable
from fairlead.verify.promise import Promise, Standing, Verdict
from fairlead.verify.reports.json_report import json_list, json_report
from fairlead.verify.reports.junit_report import junit_report
from fairlead.verify.reports.markdown_report import markdown_report
from fairlead.verify.reports.summary import announced, summary
from fairlead.verify.reports.text_report import promise_lines, verdict_lines


def print_list(stack: str, promises: Sequence[Promise], rate: float, written_as: str) -> None:
    """Every promise, and how much all of them would send."""
    if written_as == "json":
        typer.echo(json_list(stack, promises))
        return
    for promise in promises:
        print_lines(promise_lines(promise))
    typer.echo(f"{announced(promises, rate)}.")


def print_report(stack: str, found: Sequence[Verdict], written_as: str) -> None:
    """The whole report; as text what was not said yet, and once more what does not hold."""
    if written_as != "text":
        written = {"json": json_report, "markdown": markdown_report, "junit": junit_report}[written_as]
        typer.echo(written(stack, found))
        return
    for verdict in found:
        if verdict.promise.untested:
            print_lines(verdict_lines(verdict))
    broken = [each for each in found if each.standing is Standing.BROKEN]
    for verdict in broken if len(found) > len(broken) else ():
        print_lines(verdict_lines(verdict))
    typer.echo(summary(found))


def write_junit(path: Path, stack: str, found: Sequence[Verdict]) -> None:
    """Raises UserError where the file cannot be written."""
    try:
        path.write_text(junit_report(stack, found), encoding="utf-8")
    except OSError as error:
        raise unwritable(path, error, "Name another file with --junit.") from None


def print_lines(lines: Iterable[str]) -> None:
    """Lines for people."""
    for line in lines:
        typer.echo(printable(line))
