"""What do the rules say of a stack? Its file and its own objects, each finding at its line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fairlead.evaluation.garbage_collection import collector_paused
from fairlead.lint.linted import Linted, Placed, RelatedPlace, in_order, shown_path
from fairlead.lint.object_lint import broken_files, place_in
from fairlead.yaml_files.positions import Place, positions
from fairlead.yaml_files.stack_file import StackFile
from fairlead.yaml_files.stack_reader import BrokenFileError, stack_file_with_strays
from fairlead_mesh.findings import ConfigError, Finding, Related
from fairlead_mesh.keys.stack_keys import namespace_findings, secret_findings
from fairlead_mesh.lint.stack.stack_lint import stack_findings
from fairlead_mesh.reading.stack_objects import chart_folder_findings, stack_objects
from fairlead_mesh.stack import well_formed, without_secrets


@collector_paused()
def lint_stack(
    program: Path, *, stack: str | None = None, config_file: Path | None = None, overrides: list[str] | None = None
) -> Linted:
    """The findings on a stack's file and its objects. Raises UserError where there is no such file."""
    try:
        read = stack_file_with_strays(program, stack=stack, config_file=config_file, overrides=overrides)
    except BrokenFileError as error:
        name, problem = shown_path(error.path), error.problem
        finding = Finding("yaml", (), None, problem.message, remedy=problem.remedy)
        return Linted([Placed(finding, name, Place(problem.line, problem.column))], 0, name)
    return lint_stack_file(read[0], program, read[1])


def lint_stack_file(stack_file: StackFile, program: Path, stray: Sequence[Finding] = ()) -> Linted:
    """The findings on what a stack file says, placed in its text; `stray` are those on keys that nobody reads."""
    raw = stack_file.own_keys()
    encrypted = stack_file.own_secret_keys()
    own = without_secrets(raw, encrypted)
    read, found = stack_objects(own.get("objects"), program)
    found += chart_folder_findings(own.get("istio"), program)
    found += [*namespace_findings(stack_file.config), *secret_findings(raw, encrypted)]
    silenced = 0
    try:
        config = well_formed(own, region=stack_file.program_config().get("aws:region"))
    except ConfigError as error:
        found += error.findings
    else:
        result = stack_findings(config, read.items)
        found += result.findings
        silenced = result.silenced
    name, text = shown_path(stack_file.path), positions(stack_file.path.read_text(encoding="utf-8"))
    placed = [Placed(each.finding, shown_path(program / each.file), each.place) for each in broken_files(read.broken)]
    placed += [Placed(finding, name, text.of_value(finding.path)) for finding in stray]

    def where(of: Finding | Related) -> tuple[str, Place]:
        if of.source:
            return shown_path(program / of.source), place_in(read, of)
        return name, text.of_key(of.path, stack_file.project)

    for finding in found:
        related = tuple(RelatedPlace(each, *where(each)) for each in finding.related)
        placed.append(Placed(finding, *where(finding), related))
    return Linted(in_order(placed), silenced, name)
