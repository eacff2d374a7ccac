"""What do the rules say of a stack? Its file and its own objects, each finding at its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fairlead.evaluation.garbage_collection import collector_paused
from fairlead.lint.linted import Linted, Placed, in_order, shown_path
from fairlead.lint.stack_objects import read_stack_objects
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.positions import Place, positions
from fairlead.yaml_files.stack_file import StackFile, read_stack_file
from fairlead.yaml_files.yaml_text import YamlProblemError, from_yaml
from mesh.config import SECRET_KEYS
from mesh.findings import ConfigError, Finding
from mesh.lint.stack.stack_lint import stack_findings
from mesh.stack import well_formed


@collector_paused()
def lint_stack(
    program: Path, *, stack: str | None = None, config_file: Path | None = None, overrides: list[str] | None = None
) -> Linted:
    """The findings on a stack's file and its objects. Raises UserError where there is no such file."""
    try:
        stack_file = read_stack_file(program, stack=stack, config_file=config_file, overrides=overrides)
    except UserError:
        path = config_file or program / f"Pulumi.{stack}.yaml"
        if (broken := _broken_yaml(path)) is None:
            raise
        return Linted([broken], 0, shown_path(path))
    return lint_stack_file(stack_file, program)


def lint_stack_file(stack_file: StackFile, program: Path) -> Linted:
    """The findings on what a stack file says, placed in its text."""
    raw = program_keys(stack_file)
    read, found = read_stack_objects(raw.get("objects"), program)
    silenced = 0
    try:
        config = well_formed({key: value for key, value in raw.items() if key not in SECRET_KEYS})
    except ConfigError as error:
        found += error.findings
    else:
        result = stack_findings(config, read.items)
        found += result.findings
        silenced = result.silenced
    name, text = shown_path(stack_file.path), positions(stack_file.path.read_text(encoding="utf-8"))
    placed = [Placed(finding, shown_path(program / finding.source), place) for finding, place in read.broken]
    for finding in found:
        if finding.source:
            place = read.positions[finding.source].of_value(finding.path, finding.document)
            placed.append(Placed(finding, shown_path(program / finding.source), place))
        else:
            placed.append(Placed(finding, name, text.of_key(finding.path, stack_file.project)))
    return Linted(in_order(placed), silenced, name)


def program_keys(stack_file: StackFile) -> dict[str, Any]:
    """The keys of the project as the program gets them: structured values pass through JSON."""
    prefix = f"{stack_file.project}:"
    own = {key: text for key, text in stack_file.program_config().items() if key.startswith(prefix)}
    return {key.removeprefix(prefix): _value(text) for key, text in own.items()}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _broken_yaml(path: Path) -> Placed | None:
    """The finding that a stack file is no YAML; None where something else is wrong with it."""
    try:
        from_yaml(path.read_text(encoding="utf-8"))
    except YamlProblemError as problem:
        line, column = (int(part) for part in problem.place.split(":")[1:]) if problem.place else (1, 1)
        finding = Finding("yaml", (), None, f"this is no YAML: {problem}", remedy="Mend the line.")
        return Placed(finding, shown_path(path), Place(line, column))
    except (OSError, UnicodeDecodeError):
        return None
    return None
