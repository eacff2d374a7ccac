"""In which other forms is the schema of stack files wanted? A line for an editor, and what schemastore.org takes."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from fairlead.reference.schema import SCHEMA_PATH, stack_schema

STORE_ID = "https://json.schemastore.org/fairlead-stack.json"
_OF_EDITORS = ("errorMessage",)
"""What no validator knows, and the store's strict mode rejects."""


def modeline(schema: Path | None) -> str:
    """The first line of a stack file, by which yaml-language-server finds a schema: the one in a file, or the one that
    comes with fairlead."""
    return f"# yaml-language-server: $schema={(schema or shipped_schema()).as_posix()}"


def shipped_schema() -> Path:
    """The schema's file in the package, or in a clone."""
    package = Path(str(files("fairlead")))
    in_wheel = package / SCHEMA_PATH.name
    return in_wheel if in_wheel.is_file() else package.parent / SCHEMA_PATH


def store_schema_text() -> str:
    """The schema as schemastore.org takes it: with an address of its own, in words of the standard alone."""
    schema = _standard(stack_schema())
    named = {"$schema": schema.pop("$schema"), "$id": STORE_ID, **schema}
    return json.dumps(named, indent=2, ensure_ascii=False) + "\n"


def _standard(value: Any, *, names: bool = False) -> Any:
    """Without editors' own keywords; in a map of `names` every key is somebody's."""
    if isinstance(value, list):
        return [_standard(each) for each in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    return {
        key: _standard(each, names=key in ("properties", "definitions", "patternProperties") and not names)
        for key, each in cast("dict[str, Any]", value).items()
        if names or key not in _OF_EDITORS
    }
