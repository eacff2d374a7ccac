"""Does the stack file have the shape of a mesh? What pydantic refuses, in words that say what to write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from fairlead_mesh.cluster import TWO_FORMS
from fairlead_mesh.findings import Finding, Path, joined
from fairlead_mesh.keys.nearest import nearest
from fairlead_mesh.keys.project import PROJECT
from fairlead_mesh.keys.shape_words import choices, type_remedy

_NO_SUCH = "no such key"
_KEY = "[key]"
"""What pydantic puts behind the path of a key that is wrong itself."""
_CURLY = re.compile("[\u2018\u2019\u201c\u201d]")


def shape_findings(error: ValidationError, model: type[BaseModel]) -> list[Finding]:
    """One finding for each thing that pydantic refused when it read `model`; of what stands at a key that may not be
    there, none."""
    refused: list[dict[str, Any]] = [dict(details) for details in error.errors(include_url=False)]
    keys = [_path(details) for details in refused if _KEY in details["loc"]]
    kept = (each for each in refused if _KEY in each["loc"] or not any(_path(each)[: len(key)] == key for key in keys))
    return [_finding(details, model) for details in kept]


def _path(details: dict[str, Any]) -> Path:
    return tuple(part for part in details["loc"] if part != _KEY)


def _finding(details: dict[str, Any], model: type[BaseModel]) -> Finding:
    path = _path(details)
    kind: str = details["type"]
    context: dict[str, Any] = details.get("ctx", {})
    value = details["input"]
    if kind == "missing":
        return Finding("shape", path, None, f"is missing; {_example(path, model)}")
    if kind == "extra_forbidden":
        return Finding("shape", path, value, _known_keys(str(path[-1]), model, path[:-1]))
    if kind == "invalid_key":
        return Finding(
            "shape", path, value, f'YAML reads this as the number {path[-1]}; put it in quotes: "{path[-1]}"'
        )
    if kind == "value_error":
        return Finding("shape", path, value, f"{context['error']}{_curly(value)}")
    if kind == "literal_error" and _KEY in details["loc"]:
        return Finding("shape", path, value, f"{_NO_SUCH}; write {context['expected'].replace(chr(39), '')}")
    message: str = details["msg"]
    remedy = TWO_FORMS if path == ("cluster",) else type_remedy(kind, value, hint_at(model, path), context)
    return Finding("shape", path, value, remedy or message[:1].lower() + message[1:])


def _curly(value: Any) -> str:
    """What a word processor makes of a quote is a letter like any other."""
    return "; YAML knows only straight quotes" if isinstance(value, str) and _CURLY.search(value) else ""


def _example(path: Path, model: type[BaseModel]) -> str:
    words = choices(hint_at(model, path))
    return TWO_FORMS if path == ("cluster",) else f"write {path[-1]}: {words or '...'}"


def _known_keys(key: str, model: type[BaseModel], path: Path) -> str:
    section = section_at(model, path)
    keys = sorted(_aliases(section)) if section else []
    head = key.partition(".")[0].partition("[")[0]
    if head != key and head in keys:
        whole = f"--path {PROJECT}:{key}" if not path else "--path"
        return f"{_NO_SUCH}: this is a path; nest the keys below {head}, or set it with `pulumi config set {whole}`"
    if not path and nearest(key, [PROJECT]):
        return f"{_NO_SUCH}; write each key as one word with its section, such as {PROJECT}:gateways"
    if close := nearest(key, keys):
        return f"{_NO_SUCH}; did you mean {close}?"
    if elsewhere := _elsewhere(key, model, path):
        return f"{_NO_SUCH} here; did you mean {joined(elsewhere)}?"
    if section and (word := _word(section, key)):
        return f"{_NO_SUCH}; did you mean {word}?"
    return f"{_NO_SUCH}; the keys here are {', '.join(keys)}" if keys else _NO_SUCH


def _elsewhere(key: str, model: type[BaseModel], path: Path) -> Path | None:
    """The one place, in this section, around it or in those of the stack file, that has a key of this name."""
    around = [path[:length] for length in range(len(path), -1, -1)]
    for holder in around:
        section = section_at(model, holder)
        found = [place for place in _places(section, key) if place] if section else []
        if found and len(found) == 1:
            return (*holder, *found[0])
    return None


def _places(section: type[BaseModel], key: str) -> Iterator[Path]:
    """Where the key stands: in the section itself, or in one that it holds, lists left out."""
    for field in section.model_fields.values():
        if field.alias == key:
            yield (key,)
        inner = _model_in(_without_none(field.annotation))
        if inner and key in _aliases(inner):
            yield (str(field.alias), key)


def _word(section: type[BaseModel], key: str) -> str:
    """Where the key is a word that stands behind one of a section in it: `jaeger` of `tracing: {provider: jaeger}`."""
    for outer in section.model_fields.values():
        inner = _model_in(_without_none(outer.annotation))
        for field in inner.model_fields.values() if inner else ():
            if key in get_args(_without_none(field.annotation)):
                return f"{outer.alias}: {{{field.alias}: {key}}}"
    return ""


def _aliases(section: type[BaseModel]) -> list[str]:
    return [str(field.alias) for field in section.model_fields.values()]


def section_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The section that a path of the stack file leads to; none where it leads to free values."""
    return _model_in(hint_at(model, path))


def hint_at(model: type[BaseModel], path: Path) -> Any:
    """The type of what stands at a path of the stack file; None where it leads to free values."""
    annotation: Any = model
    for part in path:
        if isinstance(part, int):
            annotation = _first(get_args(annotation))
        elif get_origin(annotation) is dict:
            annotation = get_args(annotation)[1]
        else:
            section = _model_in(annotation)
            field = (
                next((each for each in section.model_fields.values() if each.alias == part), None) if section else None
            )
            annotation = field.annotation if field else None
        annotation = _without_none(annotation)
    return annotation


def _first(annotations: Iterable[Any]) -> Any:
    return next(iter(annotations), None)


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) is Annotated:
        return _without_none(get_args(annotation)[0])
    choices = [choice for choice in get_args(annotation) if choice is not type(None)]
    return _without_none(choices[0]) if type(None) in get_args(annotation) and choices else annotation


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if get_origin(annotation) is None and isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None
