"""How is a stack file read? As the Pulumi CLI reads it, with overrides on top, or with the reason why it is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from fairlead.terminal.errors import UserError
from fairlead.yaml_files.described_mesh import described_mesh
from fairlead.yaml_files.file_text import text_of_named
from fairlead.yaml_files.overrides import override
from fairlead.yaml_files.stack_file import StackFile, qualified
from fairlead.yaml_files.stack_names import stack_names
from fairlead.yaml_files.yaml_text import YamlProblemError, from_yaml
from fairlead_mesh.findings import ConfigError, Finding, report
from fairlead_mesh.keys.nearest import nearest
from fairlead_mesh.keys.project import PROJECT
from fairlead_mesh.keys.stack_keys import namespace_findings, root_findings
from fairlead_mesh.reading.boundaries import boundary, leads_out
from fairlead_mesh.reading.problems import YamlProblem


class BrokenFileError(UserError):
    """A file is no YAML; `problem` says where."""

    def __init__(self, path: Path, problem: YamlProblem):
        super().__init__(f"{path}:{problem.line}:{problem.column}: {problem.message}.", problem.remedy)
        self.path = path
        self.problem = problem


def read_stack_file(
    program: Path, *, stack: str | None = None, config_file: Path | None = None, overrides: list[str] | None = None
) -> StackFile:
    """The config of `stack` in the folder `program`, or of any `config_file`, with `path=value` overrides.

    Raises UserError where there is none, an override leads nowhere, or keys stand where nobody reads them.
    """
    stack_file, stray = stack_file_with_strays(program, stack=stack, config_file=config_file, overrides=overrides)
    if any(finding.severity == "error" for finding in stray):
        raise UserError(report([*stray, *_wrong_besides(stack_file)]))
    return stack_file


def stack_file_with_strays(
    program: Path, *, stack: str | None = None, config_file: Path | None = None, overrides: list[str] | None = None
) -> tuple[StackFile, list[Finding]]:
    """The same, and the findings on keys that stand where nobody reads them."""
    project = project_of(program)
    path = config_file or program / f"Pulumi.{stack}.yaml"
    if not config_file and leads_out(path, boundary(program)):
        raise UserError(f"{path} leads out of the repository.", "Name a file that is elsewhere with --config-file.")
    document = _load(path, missing=_other_stacks(program, stack))
    keys: Any = document.get("config") or {}
    if not isinstance(keys, dict):
        raise UserError(f"{path}: config is not a map of keys and values.", "Write the keys below config:, indented.")
    config = {
        qualified(key, project): _unshared(value) if overrides else value
        for key, value in cast("dict[Any, Any]", keys).items()
    }
    read = StackFile(project, stack or path.stem.removeprefix("Pulumi."), path, config)
    for each in overrides or []:
        override(read, each)
    return read, root_findings(document, path.name)


def project_of(program: Path) -> str:
    """The name of the project in a folder. Raises UserError."""
    path = program / "Pulumi.yaml"
    name = _load(path, missing="Run this in the folder of the program, or name it with --cwd.").get("name")
    if not isinstance(name, str) or not name:
        raise UserError(f"{path} has no project name.", f"Write name: {PROJECT} in it.")
    if name != PROJECT:
        # Pulumi rejects types of keys that are another project's, and a key without a namespace would be its own.
        raise UserError(
            f"{path} calls the project {name}, and the keys of stack files are those of {PROJECT}.",
            f"Write name: {PROJECT}; stacks are told apart by their own names.",
        )
    return name


def _other_stacks(program: Path, stack: str | None) -> str:
    if stack is None:
        return "Name an existing stack file with --config-file."
    there = stack_names(program)
    if not there:
        return "No stack file is in this folder; name the program's with --cwd, or a file with --config-file."
    meant = nearest(stack, there)
    others = f"this folder has the stacks {', '.join(there)}; or name a file with --config-file"
    return f"Did you mean --stack {meant}? Else {others}." if meant else f"{others[:1].upper()}{others[1:]}."


def _load(path: Path, *, missing: str) -> dict[str, Any]:
    try:
        document = from_yaml(text_of_named(path, missing=missing))
    except YamlProblemError as error:
        raise BrokenFileError(path, error.problem) from None
    if document is not None and not isinstance(document, dict):
        raise UserError(f"{path}: a stack file is a map with the key config.", "Write config: and the keys below it.")
    return {str(key): value for key, value in cast("dict[Any, Any]", document or {}).items()}


def _unshared(value: Any) -> Any:
    """A copy in which an alias's value is one of its own, so that an override changes one place and no other."""
    if isinstance(value, dict):
        return {key: _unshared(inner) for key, inner in cast("dict[Any, Any]", value).items()}
    return [_unshared(inner) for inner in cast("list[Any]", value)] if isinstance(value, list) else value


def _wrong_besides(stack_file: StackFile) -> list[Finding]:
    """What else is wrong with the shape, so that all is said at once."""
    found = namespace_findings(stack_file.config)
    try:
        described_mesh(stack_file)
    except ConfigError as error:
        found += error.findings
    return found
