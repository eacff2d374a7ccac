"""Which findings on files does a list silence? The file of `--silenced`: a list `ignore` as under `fairlead:lint`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from fairlead.lint.linted import Placed, shown_path
from fairlead.lint.silenced_objects import told_of_silence, unknown_rule
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.file_text import text_of_named
from fairlead.yaml_files.positions import positions
from fairlead_mesh.lint.stack.silence import silenced
from fairlead_mesh.lint_settings import LintSettings
from fairlead_mesh.reading.documents import UNREADABLE, yaml_objects


def without_listed(found: Sequence[Placed], listed: Path) -> tuple[list[Placed], list[Placed]]:
    """Less what a file lists, and what is to be said of its entries."""
    text = text_of_named(listed, missing="Pass a file with a list `ignore`, as under fairlead:lint of a stack.")
    settings = _settings(listed, text)
    placed = {id(each.finding): each for each in found}
    result = silenced([each.finding for each in found], settings)
    where, name = positions(text), shown_path(listed)
    told = [Placed(each, name, where.of_value(each.path[1:])) for each in result.unused]
    for index, entry in enumerate(settings.ignore):
        if wrong := unknown_rule(entry.rule):
            told = [each for each in told if each.finding.path[2] != index]
            told.append(told_of_silence(name, where.of_value(("ignore", index)), wrong, "error"))
    return [placed[id(each)] for each in result.kept], told


def _settings(listed: Path, text: str) -> LintSettings:
    try:
        (document,) = yaml_objects(text) or [{}]
        return LintSettings.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise UserError(f"{listed}: {place}: {first['msg']}.", "Write ignore: [{rule: ..., reason: ...}].") from None
    except (*UNREADABLE, ValueError):
        raise UserError(f"{listed} is not one YAML document.", "Write ignore: [{rule: ..., reason: ...}].") from None
