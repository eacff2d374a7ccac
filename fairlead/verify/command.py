"""How does `verify` run? The stack's promises listed, then asked one after the other, and a report at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console

from fairlead.drift.stack_cluster import Named
from fairlead.evaluation.garbage_collection import collector_paused
from fairlead.explain.asked_mesh import mesh_of_stack
from fairlead.terminal.errors import UserError, unwritable
from fairlead.terminal.printable import printable
from fairlead.terminal.progress import ConsoleProgress
from fairlead.verify.asking import Asking, Manners
from fairlead.verify.cluster_access import cluster_access
from fairlead.verify.live.live_access import Limits
from fairlead.verify.promise import Promise, Standing, Verdict
from fairlead.verify.reports.json_report import json_list, json_report
from fairlead.verify.reports.junit_report import junit_report
from fairlead.verify.reports.markdown_report import markdown_report
from fairlead.verify.reports.summary import announced, exit_code, summary
from fairlead.verify.reports.text_report import promise_lines, verdict_lines
from fairlead.verify.subject import Subject
from fairlead.verify.verify import promised, verdicts
from fairlead.yaml_files.stack_file import StackFile
from fairlead.yaml_files.stack_reader import read_stack_file
from mesh.config import SECRET_KEYS
from mesh.stack import well_formed


@dataclass(frozen=True)
class Asked:
    """What the command line says."""

    program: Path
    stack: str | None
    config_file: Path | None
    overrides: list[str] | None
    named: Named
    only: tuple[str, ...]
    rate: float
    most: int
    written_as: str
    junit: Path | None
    strict: bool
    listed: bool
    limits: Limits


def verify_command(asked: Asked) -> int:
    """List, or ask and report. The exit code: 0 all hold, 1 some do not, 2 some could not be asked."""
    stack_file = read_stack_file(
        asked.program, stack=asked.stack, config_file=asked.config_file, overrides=asked.overrides
    )
    subject = subject_of(stack_file, asked.program)
    promises = _chosen(promised(subject), asked.only)
    if asked.listed:
        _print_list(subject, promises, asked)
        return 0
    console = Console(stderr=True)
    progress = ConsoleProgress(console)
    progress.say(f"{announced(promises, asked.rate)}.")
    found: list[Verdict] = []
    with closing(
        cluster_access(subject, stack_file, asked.program, asked.named, limits=asked.limits, progress=progress)
    ) as access:
        asking = Asking(subject, access, Manners(asked.rate, asked.most), progress)
        with progress.phase("Asking", len(promises)):
            for verdict in verdicts(promises, asking):
                found.append(verdict)
                progress.advance()
                if asked.written_as == "text" and not verdict.promise.untested:
                    _print_lines(verdict_lines(verdict))
    _print_report(subject, found, asked)
    return exit_code(found, strict=asked.strict)


@collector_paused()
def subject_of(stack_file: StackFile, program: Path) -> Subject:
    """What a stack file promises. Raises UserError."""
    found = mesh_of_stack(stack_file, program)
    keys = {key: value for key, value in stack_file.own_keys().items() if key not in SECRET_KEYS}
    config = well_formed(keys)
    return Subject(stack_file.stack, found, config, is_protected=config.lifecycle.protect)


def _chosen(promises: Sequence[Promise], words: Sequence[str]) -> list[Promise]:
    """Those about one of the words. Raises UserError where a word means none."""
    if not words:
        return list(promises)
    for word in words:
        if not any(_is_about(each, word) for each in promises):
            names = ", ".join(sorted({each.about for each in promises if each.about}))
            raise UserError(f"No promise is about {word}.", f"Name one of these, or a check: {names}.")
    return [each for each in promises if any(_is_about(each, word) for word in words)]


def _is_about(promise: Promise, word: str) -> bool:
    return word in (promise.about, promise.about.rpartition("/")[2], promise.check, promise.id)


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(printable(line))


def _print_list(subject: Subject, promises: Sequence[Promise], asked: Asked) -> None:
    if asked.written_as == "json":
        typer.echo(json_list(subject.stack, promises))
        return
    for promise in promises:
        _print_lines(promise_lines(promise))
    typer.echo(f"{announced(promises, asked.rate)}.")


def _print_report(subject: Subject, found: Sequence[Verdict], asked: Asked) -> None:
    if asked.junit is not None:
        try:
            asked.junit.write_text(junit_report(subject.stack, found), encoding="utf-8")
        except OSError as error:
            raise unwritable(asked.junit, error, "Name another file with --junit.") from None
    if asked.written_as == "text":
        for verdict in found:
            if verdict.promise.untested:
                _print_lines(verdict_lines(verdict))
        broken = [each for each in found if each.standing is Standing.BROKEN]
        for verdict in broken if len(found) > len(broken) else ():
            _print_lines(verdict_lines(verdict))
        typer.echo(summary(found))
        return
    written = {"json": json_report, "markdown": markdown_report, "junit": junit_report}[asked.written_as]
    typer.echo(written(subject.stack, found))
