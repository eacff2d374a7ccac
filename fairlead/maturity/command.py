"""How far is each app? `fairlead maturity`, as text for people or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import indent
from typing import Any

from fairlead.maturity.lines import lines
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.described_mesh import described_mesh
from fairlead.yaml_files.stack_file import StackFile
from fairlead.yaml_files.yaml_text import as_yaml
from fairlead_mesh.config import Config
from fairlead_mesh.findings import ConfigError, report
from fairlead_mesh.lint.stack.stack_lint import stack_graph
from fairlead_mesh.maturity.judgement import Standing, standings
from fairlead_mesh.maturity.steps import BEYOND, STEPS
from fairlead_mesh.reading.stack_objects import stack_objects
from fairlead_mesh.stack import without_secrets

_LINT = "Fix the stack file first: fairlead lint shows each line."


def maturity_command(stack_file: StackFile, program: Path, *, as_json: bool) -> str:
    """What is printed. Raises UserError."""
    raw = without_secrets(stack_file.own_keys(), stack_file.own_secret_keys())
    read, wrong = stack_objects(raw.get("objects"), program)
    if wrong:
        raise UserError(report(wrong), _LINT)
    try:
        config = described_mesh(stack_file)
    except ConfigError as error:
        raise UserError(str(error), _LINT) from None
    found = standings(config, stack_graph(config, read.items))
    if as_json:
        return json.dumps(_document(config, found), indent=2, ensure_ascii=False) + "\n"
    return "\n".join(_text(stack_file.path.name, config, found)) + "\n"


def _text(name: str, config: Config, found: Sequence[Standing]) -> Iterator[str]:
    if not found:
        yield f"{name} has no apps, so there is nothing to judge."
        return
    least = min(each.step for each in found)
    yield f"{name}: step {_step(least)} of {max(STEPS)}, the least of its apps"
    for each in found:
        yield ""
        yield f"{each.app.name} ({each.app.namespace}): step {_step(each.step)}"
        if not each.next:
            yield f"  the last step of one cluster; after it: {BEYOND}"
            continue
        yield f"  next is {_step(each.step + 1)}, which lacks:"
        yield from (f"    {missing.need.what}: {missing.why}" for missing in each.next)
        yield "  write:"
        yield indent(as_yaml(_to_write(each, config)).rstrip(), "    ")


def _step(number: int) -> str:
    return f"{number} ({STEPS[number]})" if number else "0"


def _to_write(standing: Standing, config: Config) -> dict[str, Any]:
    return lines((key for missing in standing.next for key in missing.keys), config)


def _document(config: Config, found: Sequence[Standing]) -> dict[str, Any]:
    return {
        "steps": {str(number): what for number, what in STEPS.items()},
        "maturity": config.maturity,
        "apps": [_app(config, each) for each in found],
    }


def _app(config: Config, standing: Standing) -> dict[str, Any]:
    missing = [
        {"need": each.need.name, "step": each.need.step, "what": each.need.what, "why": each.why}
        for each in standing.missing
    ]
    app = standing.app
    return {"name": app.name, "namespace": app.namespace, "step": standing.step, "missing": missing,
            "write": _to_write(standing, config)}  # fmt: skip
