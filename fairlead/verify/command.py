"""How does `verify` run? The stack's promises listed, then asked one after the other, and a report at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import typer
from rich.console import Console

from fairlead.drift.stack_cluster import Named
from fairlead.evaluation.garbage_collection import collector_paused
from fairlead.explain.asked_mesh import mesh_of_stack
from fairlead.terminal.errors import UserError
from fairlead.terminal.progress import ConsoleProgress
from fairlead.verify.asking import DRAINED, Asking, Manners
from fairlead.verify.cluster_access import cluster_access
from fairlead.verify.live.live_access import Limits, LiveAccess, live_access
from fairlead.verify.live.observed_split import Observing, observable, observed_all
from fairlead.verify.live.watched_split import Watch
from fairlead.verify.outside.outside_sender import OutsideSender
from fairlead.verify.preview_file import snapshot_of
from fairlead.verify.promise import Promise, Verdict
from fairlead.verify.reports.printing import print_lines, print_list, print_report, write_junit
from fairlead.verify.reports.summary import UNASKED, announced, exit_code
from fairlead.verify.reports.text_report import verdict_lines
from fairlead.verify.subject import Subject
from fairlead.verify.tokens import claims_of
from fairlead.verify.verify import promised, verdicts
from fairlead.yaml_files.stack_file import StackFile
from fairlead.yaml_files.stack_reader import read_stack_file


@dataclass(frozen=True)
class Asked:
    """What the command line says."""

    program: Path
    stack: str | None = None
    config_file: Path | None = None
    overrides: list[str] | None = None
    named: Named = field(default_factory=Named)
    only: tuple[str, ...] = ()
    manners: Manners = field(default_factory=Manners)
    limits: Limits = field(default_factory=Limits)
    tokens: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    snapshot: Path | None = None
    written_as: str = "text"
    junit: Path | None = None
    strict: bool = False
    listed: bool = False
    observe: float = 0.0
    """Seconds of the past that are read from Prometheus, instead of sending."""
    watch: float = 0.0
    """Seconds for which splits are followed until they are true."""


def verify_command(asked: Asked) -> int:
    """List, or ask and report. The exit code: 0 all hold, 1 some do not, 2 some could not be asked."""
    stack_file = read_stack_file(
        asked.program, stack=asked.stack, config_file=asked.config_file, overrides=asked.overrides
    )
    subject = subject_of(stack_file, asked.program, asked.tokens, has_certificate=asked.certificate is not None)
    promises = chosen(promised(subject), asked.only)
    if asked.listed:
        print_list(subject.stack, promises, asked.manners.rate, asked.written_as)
        return 0
    progress = ConsoleProgress(Console(stderr=True))
    if asked.observe or asked.watch:
        promises = splits(promises)
    if asked.observe:
        # Too many requests for a protected stack are none where they are only read.
        promises = [replace(each, untested="", how="read from Prometheus", requests=0) for each in promises]
        progress.say(f"{len(promises)} splits are read from Prometheus, and nothing is sent.")
    else:
        progress.say(f"{announced(promises, asked.manners.rate)}.")
    try:
        access = _access(asked, subject, stack_file, progress)
    except UserError as error:
        typer.echo(f"error: {error}", err=True)
        return UNASKED
    with closing(access):
        if not asked.observe:
            access.prepare(promises)
        asking = Asking(subject, access, asked.manners, progress, again_after=DRAINED)
        found = _found(_verdicts(asked, promises, asking), len(promises), progress, asked.written_as)
    if asked.junit is not None:
        write_junit(asked.junit, subject.stack, found)
    print_report(subject.stack, found, asked.written_as)
    return exit_code(found, strict=asked.strict)


def _access(asked: Asked, subject: Subject, stack_file: StackFile, progress: ConsoleProgress) -> LiveAccess:
    here = OutsideSender(asked.certificate, asked.key)
    preview = snapshot_of(asked.snapshot) if asked.snapshot else None
    return cluster_access(
        subject, stack_file, asked.program, asked.named, here=here, limits=asked.limits, progress=progress,
        preview=preview,
    )  # fmt: skip


def splits(promises: Sequence[Promise]) -> list[Promise]:
    """Those that can be read from metrics, or become true after a while. Raises UserError where there are none."""
    found = observable(promises)
    if not found:
        raise UserError(
            "No promise is a split between apps.", "Leave out --observe and --watch, or name it with --only."
        )
    return found


def _verdicts(asked: Asked, promises: Sequence[Promise], asking: Asking) -> Iterator[Verdict]:
    if asked.observe:
        return observed_all(promises, asking, live_access(asking.access), Observing(asked.observe))
    if asked.watch:
        return Watch(asking, asked.watch, asking.progress.say).verdicts(promises)
    return verdicts(promises, asking)


def _found(said: Iterator[Verdict], number: int, progress: ConsoleProgress, written_as: str) -> list[Verdict]:
    """Each verdict as it is known, in text at once."""
    found: list[Verdict] = []
    with progress.phase("Asking", number):
        for verdict in said:
            found.append(verdict)
            progress.advance()
            if written_as == "text" and not verdict.promise.untested:
                print_lines(verdict_lines(verdict))
    return found


@collector_paused()
def subject_of(
    stack_file: StackFile, program: Path, tokens: tuple[str, ...] = (), *, has_certificate: bool = False
) -> Subject:
    """What a stack file promises. Raises UserError."""
    for token in tokens:
        claims_of(token)
    found = mesh_of_stack(stack_file, program)
    is_protected = found.config is not None and found.config.lifecycle.protect
    return Subject(stack_file.stack, found, found.config, is_protected, tokens, has_certificate)


def chosen(promises: Sequence[Promise], words: Sequence[str]) -> list[Promise]:
    """Those about one of the words. Raises UserError where a word means none."""
    kept: set[str] = set()
    for word in words:
        exact = [each.id for each in promises if _is_about(each, word)]
        found = exact or [each.id for each in promises if word in each.about]
        if not found:
            names = ", ".join(sorted({each.about for each in promises if each.about}))
            raise UserError(f"No promise is about {word}.", f"Name one of these, or a check: {names}.")
        kept.update(found)
    return [each for each in promises if not words or each.id in kept]


def _is_about(promise: Promise, word: str) -> bool:
    return word in (promise.about, promise.about.rpartition("/")[2], promise.check, promise.id)
