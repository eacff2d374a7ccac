"""How does `doctor` run? The stack evaluated, each check asked, a line for each as it is known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import typer

from fairlead.doctor.doctor import diagnoses
from fairlead.doctor.examined import examined_stack
from fairlead.doctor.finding import Diagnosis, Verdict, failed
from fairlead.doctor.reports import json_report, junit_report, summary, text_lines
from fairlead.drift.stack_cluster import Named
from fairlead.evaluation.evaluation import evaluate
from fairlead.terminal.errors import UserError
from fairlead.terminal.printable import printable
from fairlead.yaml_files.stack_file import StackFile

_LINT = "fairlead lint --stack {}"


def doctor_command(program: Path, stack_file: StackFile, named: Named, written_as: str, *, live: bool) -> int:
    """Look and print. The exit code: 0 where nothing failed, 1 where something did."""
    found = _examined_or_not(program, stack_file, named, live=live)
    if written_as == "text":
        said: list[Diagnosis] = []
        for each in found:
            said.append(each)
            for line in text_lines(each):
                typer.echo(printable(line))
        typer.echo(summary(said))
    else:
        said = list(found)
        typer.echo({"json": json_report, "junit": junit_report}[written_as](stack_file.stack, said))
    return int(any(each.seen.verdict is Verdict.FAILED for each in said))


def _examined_or_not(program: Path, stack_file: StackFile, named: Named, *, live: bool) -> Iterator[Diagnosis]:
    """A stack file that describes no mesh is a cause too, and the last one that can be looked at."""
    try:
        snapshot = evaluate(program, stack_file)
    except UserError as error:
        yield Diagnosis("stack file", failed(error.message.strip(), error.remedy or _LINT.format(stack_file.stack)))
        return
    with closing(examined_stack(program, stack_file, snapshot, named, live=live)) as examined:
        yield from diagnoses(examined)
