"""What do both sides say? Each program evaluated and linted as it is in its own folder, all at the same time."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any

from fairlead.cluster.child import run
from fairlead.cluster.toolchain import Toolchain
from fairlead.comparison.asked import Source
from fairlead.comparison.lint_change import LintFinding
from fairlead.comparison.packages import interpreter
from fairlead.comparison.worker import evaluated_apart
from fairlead.errors import UserError
from fairlead.snapshot import STACK_TYPE, Resource, Snapshot


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


def evaluated_sides(sources: Sequence[Source], here: Path, toolchain: Toolchain) -> list[Evaluated]:
    """Every side, in order. `here` is the folder whose packages the running Python has."""
    key = token_hex()
    pythons = [_python(source, here, toolchain) for source in sources]
    with ThreadPoolExecutor(max_workers=2 * len(sources)) as pool:
        snapshots = [pool.submit(_snapshot, *each, key) for each in zip(sources, pythons, strict=True)]
        findings = [pool.submit(_findings, *each) for each in zip(sources, pythons, strict=True)]
        return [
            Evaluated(source, *snapshot.result(), found.result(), python.notes, _ciphertexts(source))
            for source, python, snapshot, found in zip(sources, pythons, snapshots, findings, strict=True)
        ]


@dataclass(frozen=True)
class _Python:
    """The interpreter of a side, and what is to be said of it."""

    program: Path
    notes: tuple[str, ...] = ()


def _python(source: Source, here: Path, toolchain: Toolchain) -> _Python:
    try:
        return _Python(interpreter(source.program, here, toolchain.cache, toolchain.progress))
    except UserError as error:
        reason = error.message.rstrip(".")
        return _Python(
            Path(sys.executable), (f"{source.label} is evaluated with the packages of this environment: {reason}.",)
        )


def _snapshot(source: Source, python: _Python, key: str) -> tuple[Snapshot | None, str]:
    """The snapshot, or why there is none. A stack without a stack file has no resources."""
    try:
        if not (source.program / "__main__.py").is_file():
            return None, "it has no program in this folder"
        if not source.has_stack_file:
            return _nothing(source.asked.name), ""
        return evaluated_apart(source.program, source.asked.read(source.program), python.program, key), ""
    except UserError as error:
        # The folder is a worktree's, which means nothing to a reader.
        return None, str(error).replace(f"{source.program}/", "")


def _ciphertexts(source: Source) -> dict[str, str]:
    try:
        stack_file = source.asked.read(source.program)
    except UserError:
        return {}
    return {key: json.dumps(stack_file.config[key], sort_keys=True, default=str) for key in stack_file.secret_keys()}


def _nothing(stack: str) -> Snapshot:
    root = f"urn:pulumi:{stack}::none::{STACK_TYPE}::none"
    return Snapshot("none", stack, (Resource(root, STACK_TYPE, "none", "", custom=False, inputs={}),), {})


def _findings(source: Source, python: _Python) -> tuple[LintFinding, ...] | None:
    """What its own rules say; None where it has no `lint` that answers."""
    if not source.has_stack_file:
        return ()
    command = [python.program, "-m", "fairlead", "lint", *source.asked.options(source.program)]
    try:
        done = run([*command, "--format", "json", "--fail-on", "never"], cwd=source.program)
        listed: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
        return tuple(_finding(each) for each in listed)
    except (UserError, ValueError, KeyError, TypeError):
        return None


def _finding(told: dict[str, Any]) -> LintFinding:
    place = f"{told['namespace']}/{told['name']}" if told["namespace"] else str(told["name"])
    return LintFinding(
        severity=told["severity"],
        rule=told["rule"],
        file=told["file"],
        line=told["line"],
        path=told["path"],
        subject=f"{told['kind']} {place}" if told["kind"] else "",
        message=told["message"],
        remedy=told["remedy"],
    )
