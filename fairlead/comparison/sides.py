"""What do both sides say? Each program evaluated and linted as it is in its own folder, all at the same time."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_hex
from typing import Any

from fairlead.cluster.child import end_running
from fairlead.cluster.interrupts import interrupts_held
from fairlead.cluster.sessions import KILL
from fairlead.cluster.toolchain import Toolchain
from fairlead.comparison.lint_change import LintFinding
from fairlead.comparison.own_findings import own_findings
from fairlead.comparison.revision_python import REQUIREMENTS, interpreter
from fairlead.comparison.stack_choice import Source
from fairlead.comparison.worker import evaluated_apart
from fairlead.evaluation.snapshot import STACK_TYPE, Resource, Snapshot
from fairlead.project import release
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.stack_file import StackFile

_PATIENCE = 0.2
"""Seconds that a program has to stop by itself."""


@dataclass(frozen=True)
class Evaluated:
    """A side as far as it could be had: `snapshot` is None where it does not evaluate, and `problem` says why.

    `findings` is None where its lint could not be asked. `ciphertexts` are the secrets of the stack file, as they are.
    """

    source: Source
    snapshot: Snapshot | None
    problem: str = ""
    findings: tuple[LintFinding, ...] | None = ()
    notes: tuple[str, ...] = ()
    ciphertexts: Mapping[str, str] = field(default_factory=dict[str, str])


def not_evaluated(*sides: Evaluated) -> str:
    """Why these cannot be held against each other; empty where all could be had."""
    labels = [each.source.label for each in sides if each.snapshot is None]
    return f"{' and '.join(labels)} cannot be evaluated; the notes say why." if labels else ""


def evaluated_sides(sources: Sequence[Source], here: Path, toolchain: Toolchain) -> list[Evaluated]:
    """Every side, in order. `here` is the folder whose packages the running Python has."""
    key = token_hex()
    pythons = [_python(source, here, toolchain) for source in sources]
    with ThreadPoolExecutor(max_workers=2 * len(sources)) as pool:
        evaluations = [pool.submit(_evaluated, *each, key) for each in zip(sources, pythons, strict=True)]
        findings = [
            pool.submit(own_findings, source, python.program) for source, python in zip(sources, pythons, strict=True)
        ]
        try:
            return [
                replace(evaluation.result(), findings=found.result())
                for evaluation, found in zip(evaluations, findings, strict=True)
            ]
        except KeyboardInterrupt:
            _end([*evaluations, *findings])
            raise


def _end(waiting: Sequence[Future[Any]]) -> None:
    """At Ctrl-C: the pool waits for its threads, and they for programs that a terminal's Ctrl-C does not reach."""
    with interrupts_held():
        number = signal.SIGTERM
        while [each for each in waiting if not each.done()]:
            # Again and again: a thread may have been about to start its program.
            end_running(number)
            wait(waiting, timeout=_PATIENCE)
            number = KILL


@dataclass(frozen=True)
class _Python:
    """The interpreter of a side, and what is to be said of it."""

    program: Path
    notes: tuple[str, ...] = ()


def _python(source: Source, here: Path, toolchain: Toolchain) -> _Python:
    here_is, other = release.installed(), ""
    if release.mismatch(source.program):
        other = f"fairlead {release.named(source.program)}, which its {REQUIREMENTS} names"
    try:
        python = interpreter(source.program, here, toolchain.cache, toolchain.progress)
    except UserError as error:
        reason = error.message.rstrip(".")
        own = f"fairlead {here_is} instead of {other}" if other else "the packages of this environment"
        return _Python(Path(sys.executable), (f"{source.label} is evaluated with {own}: {reason}.",))
    told = f"{source.label} is evaluated and linted by {other}; this is fairlead {here_is}."
    return _Python(python, (told,) if other else ())


def _evaluated(source: Source, python: _Python, key: str) -> Evaluated:
    """The side without its findings. A stack without a stack file has no resources."""
    side = Evaluated(source, None, notes=python.notes)
    if not (source.program / "__main__.py").is_file():
        return replace(side, problem="it has no program in this folder")
    if not source.has_stack_file:
        return replace(side, snapshot=_nothing(source.asked.name))
    try:
        stack_file = source.asked.read(source.program)
        side = replace(side, ciphertexts=_ciphertexts(stack_file))
        return replace(side, snapshot=evaluated_apart(source.program, stack_file, python.program, key))
    except UserError as error:
        # The folder is a worktree's, which means nothing to a reader.
        return replace(side, problem=str(error).replace(f"{source.program}/", ""))


def _ciphertexts(stack_file: StackFile) -> dict[str, str]:
    return {key: json.dumps(stack_file.config[key], sort_keys=True, default=str) for key in stack_file.secret_keys()}


def _nothing(stack: str) -> Snapshot:
    root = f"urn:pulumi:{stack}::none::{STACK_TYPE}::none"
    return Snapshot("none", stack, (Resource(root, STACK_TYPE, "none", "", custom=False, inputs={}),), {})
