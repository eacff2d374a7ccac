"""Does the stack file have the shape of a mesh? What pydantic refuses, in words that say what to write."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from mesh.findings import Finding, Path

_WORDS = {
    "string_type": "write a string (in quotes where YAML would read something else)",
    "int_type": "write a whole number",
    "int_from_float": "write a whole number",
    "float_type": "write a number",
    "bool_type": "write true or false",
    "list_type": "write a list, one item a line behind '- '",
    "dict_type": "write a map of keys and values",
    "model_type": "write a map of keys and values",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
}


def shape_findings(error: ValidationError, model: type[BaseModel]) -> list[Finding]:
    """One finding for each thing that pydantic refused when it read `model`."""
    return [_finding(dict(details), model) for details in error.errors(include_url=False)]


def _finding(details: dict[str, Any], model: type[BaseModel]) -> Finding:
    path: Path = tuple(part for part in details["loc"] if part != "[key]")
    kind: str = details["type"]
    context: dict[str, Any] = details.get("ctx", {})
    value = details["input"]
    if kind == "missing":
        return Finding("shape", path, None, f"is missing; write {path[-1]}: ...")
    if kind == "extra_forbidden":
        return Finding("shape", path, value, _known_keys(str(path[-1]), model, path[:-1]))
    if kind == "literal_error":
        return Finding("shape", path, value, f"write {context['expected']}")
    if kind == "value_error":
        return Finding("shape", path, value, str(context["error"]))
    if kind == "string_pattern_mismatch":
        return Finding("shape", path, value, f"does not have the form {context['pattern']}")
    message: str = details["msg"]
    return Finding("shape", path, value, _WORDS.get(kind, message[:1].lower() + message[1:]))


def _known_keys(key: str, model: type[BaseModel], path: Path) -> str:
    section = section_at(model, path)
    keys = sorted(str(field.alias) for field in section.model_fields.values()) if section else []
    close = difflib.get_close_matches(key, keys, n=1)
    if close:
        return f"no such key; did you mean {close[0]}?"
    return f"no such key; the keys here are {', '.join(keys)}" if keys else "no such key"


def section_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The section that a path of the stack file leads to; none where it leads to free values."""
    annotation: Any = model
    for part in path:
        if isinstance(part, int):
            annotation = _first(get_args(annotation))
            continue
        if get_origin(annotation) is dict:
            annotation = get_args(annotation)[1]
            continue
        section = _model_in(annotation)
        if section is None:
            return None
        field = next((field for field in section.model_fields.values() if field.alias == part), None)
        annotation = _without_none(field.annotation) if field else None
    return _model_in(annotation)


def _first(annotations: Iterable[Any]) -> Any:
    return next(iter(annotations), None)


def _without_none(annotation: Any) -> Any:
    choices = [choice for choice in get_args(annotation) if choice is not type(None)]
    return choices[0] if type(None) in get_args(annotation) and choices else annotation


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if get_origin(annotation) is None and isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None
