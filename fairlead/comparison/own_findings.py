"""What do a side's own rules say of it? Asked here where they are this program's, else of the program in its folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from fairlead.cluster.child import run
from fairlead.comparison.lint_change import LintFinding
from fairlead.comparison.stack_choice import Source
from fairlead.lint.json_report import json_report
from fairlead.lint.linted import Linted
from fairlead.lint.stack_lint import lint_stack
from fairlead.project import release
from fairlead.terminal.errors import UserError

_ROOT = Path(__file__).resolve().parents[2]
_CODE = ("fairlead", "fairlead_mesh")


def own_findings(source: Source, python: Path) -> tuple[LintFinding, ...] | None:
    """The findings on a stack, told with paths from its program's folder; none where it has no stack file, and None
    where its folder has no `lint` that answers. `python` runs a program of another code than this one's."""
    if not source.has_stack_file:
        return ()
    try:
        told = _said_here(source) if _is_this_code(source.program, python) else _said_there(source, python)
        return _read(told, source.program)
    except (UserError, ValueError, KeyError, TypeError):
        return None


def findings_of(linted: Linted, program: Path) -> tuple[LintFinding, ...]:
    """What was found here, told in the same way."""
    return _read(json_report(linted), program)


def _read(told: str, program: Path) -> tuple[LintFinding, ...]:
    listed: list[dict[str, Any]] = json.loads(told)["findings"]
    return tuple(_finding(each, program.resolve()) for each in listed)


def _is_this_code(program: Path, python: Path) -> bool:
    """Whether its rules are those of this process, which has loaded them: a program of its own takes half a second."""
    if not release.is_clone(program) and release.installed():
        return python == Path(sys.executable)
    return program.resolve() == _ROOT or all(_files(program / part) == _files(_ROOT / part) for part in _CODE)


def _files(folder: Path) -> dict[str, bytes]:
    files = (each for each in folder.rglob("*") if each.is_file() and "__pycache__" not in each.parts)
    return {str(each.relative_to(folder)): each.read_bytes() for each in files}


def _said_here(source: Source) -> str:
    asked, program = source.asked, source.program
    file = asked.file(program) if asked.config_file else None
    return json_report(lint_stack(program, stack=asked.stack, config_file=file, overrides=list(asked.overrides)))


def _said_there(source: Source, python: Path) -> str:
    command = [python, "-m", "fairlead", "lint", *source.asked.options(source.program)]
    return run([*command, "--format", "json", "--fail-on", "never"], cwd=source.program).stdout


def _finding(told: dict[str, Any], program: Path) -> LintFinding:
    place = f"{told['namespace']}/{told['name']}" if told["namespace"] else str(told["name"])
    return LintFinding(
        severity=told["severity"],
        rule=told["rule"],
        file=_from(program, told["file"]),
        line=told["line"],
        path=told["path"],
        subject=f"{told['kind']} {place}" if told["kind"] else "",
        message=told["message"],
        remedy=told["remedy"],
    )


def _from(program: Path, file: str) -> str:
    whole = Path(file) if Path(file).is_absolute() else Path.cwd() / file
    return str(whole.relative_to(program)) if whole.is_relative_to(program) else file
