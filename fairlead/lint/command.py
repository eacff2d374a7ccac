"""How does `lint` run? It reads a stack or plain objects, says what it found, and fails as it was told to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer

from fairlead.lint.github_report import github_report
from fairlead.lint.json_report import json_report
from fairlead.lint.linted import SEVERITIES, Linted
from fairlead.lint.object_lint import Wanted, lint_objects
from fairlead.lint.sarif_report import sarif_report
from fairlead.lint.text_report import text_report
from fairlead.terminal.errors import UserError
from fairlead.terminal.options import a_stack, one_of, wrong
from fairlead.terminal.printable import colours_wanted

WRONG_USE = 2
NEVER = "never"
FORMATS = ("text", "json", "sarif", "github")
_REPORTS: dict[str, Callable[[Linted], str]] = {
    "json": json_report,
    "sarif": sarif_report,
    "github": github_report,
}


def lint_command(
    *,
    stack: str | None,
    config_file: Path | None,
    overrides: list[str] | None,
    cwd: Path,
    objects: list[str] | None,
    mesh_config: Path | None,
    namespace: str | None,
    silenced: Path | None,
    preview: bool,
    profile: str | None,
    written_as: str,
    fail_on: str,
) -> int:
    """Lint and print; the exit code says whether anything was as bad as `fail_on`, and 2 that it was used wrongly."""
    one_of("--format", written_as, FORMATS)
    one_of("--fail-on", fail_on, (*SEVERITIES, NEVER))
    if objects and (config_file or overrides or (stack and not profile)):
        wrong("--objects excludes a stack and --set: leave out one or the other", "--objects")
    if mesh_config and not objects:
        wrong("is for --objects; a stack's mesh config is in its file, under istio", "--mesh-config")
    if (namespace or silenced or preview) and not objects:
        option = "--namespace" if namespace else "--silenced" if silenced else "--preview"
        wrong("is for --objects; a stack says it in its file", option)
    if not objects:
        a_stack(stack, config_file, cwd, or_else="YAML files with --objects")
    try:
        if objects:
            linted = lint_objects(
                objects,
                mesh_config,
                namespace=namespace or "",
                silenced=silenced,
                preview=preview,
                company=_company(profile, stack or "", cwd) if profile else None,
            )
        else:
            linted = _stack_linted(cwd.resolve(), stack, config_file, overrides, profile)
    except UserError as error:
        return _wrong_use(error)
    report = _REPORTS[written_as](linted) if written_as in _REPORTS else text_report(linted, colours=colours_wanted())
    if report:
        typer.echo(report)
    return int(linted.fails(fail_on))


def _company(profile: str, stack: str, program: Path) -> Wanted:
    from fairlead.lint.company_lint import company_of, profile_named  # noqa: PLC0415 - few ask for a profile

    return company_of(profile_named(profile, program), stack)


def _stack_linted(
    program: Path, stack: str | None, config_file: Path | None, overrides: list[str] | None, profile: str | None
) -> Linted:
    """What lint says of a stack; with a profile, and once lint finds no error, what the company says too."""
    from fairlead.lint.stack_lint import lint_stack  # noqa: PLC0415 - plain YAML needs no model of a stack

    linted = lint_stack(program, stack=stack, config_file=config_file, overrides=overrides)
    if not profile:
        return linted
    from fairlead.lint.company_lint import profile_named, with_company  # noqa: PLC0415 - it evaluates the program
    from fairlead.yaml_files.stack_reader import read_stack_file  # noqa: PLC0415

    asked = profile_named(profile, program)
    if linted.number("error"):
        return linted
    file = read_stack_file(program, stack=stack, config_file=config_file, overrides=overrides)
    return with_company(linted, program, file, asked)


def tell_of_rules(rule: str | None, written_as: str) -> int:
    """Print one rule in full or, with none, the list of all."""
    from fairlead.lint.rule_page import explained, listed  # noqa: PLC0415 - only what is told of rules needs all

    one_of("--format", written_as, FORMATS)
    try:
        typer.echo(explained(rule) if rule is not None else listed(as_json=written_as == "json"))
    except UserError as error:
        return _wrong_use(error)
    return 0


def _wrong_use(error: UserError) -> int:
    typer.echo(f"error: {error}", err=True)
    return WRONG_USE
