"""What would the API server reject in an object of Istio's? Each field and value that its definition does not have.

What may hold anything is not read. A null is as if the field were unset, but server-side apply rejects it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

from fairlead_mesh.findings import Path
from fairlead_mesh.keys.nearest import nearest
from fairlead_mesh.lint.schema.definitions import Node, definitions, node
from fairlead_mesh.lint.schema.values import wrong_value
from fairlead_mesh.model.objects.item import Item

_ROOT = ("apiVersion", "kind", "metadata", "spec", "status")
_FEW = 12
_OTHERS_WORDS = {"circuitBreaker": "outlierDetection", "configuration": "pluginConfig", "config": "pluginConfig"}
"""What other meshes and charts call a field."""


@dataclass(frozen=True)
class Violation:
    """Where an object differs from its definition: by an unknown field, a null or a value. `others` exclude it."""

    path: Path
    message: str
    remedy: str
    what: Literal["unknown", "null", "value"] = "value"
    others: tuple[Path, ...] = ()


def violations(item: Item) -> tuple[Violation, ...]:
    """All of an object's; none of one whose kind or version is not Istio's."""
    group, _, version = str(item.manifest.get("apiVersion")).partition("/")
    definition = definitions().get(group, {}).get(item.kind)
    # What Kustomize merges into another object is no whole one.
    if definition is None or version not in definition.versions or "$patch" in item.manifest:
        return ()
    beside = [key for key in item.manifest if key not in _ROOT]
    found = [_unknown((key,), _ROOT, {}, node(definition.spec), ()) for key in beside]
    spec = item.manifest.get("spec")
    if spec is not None:
        _walk(spec, node(definition.spec), ("spec",), found)
    elif "spec" in definition.required:
        at: Path = ("spec",) if "spec" in item.manifest else ("kind",)
        found.append(Violation(at, f"a {item.kind} without spec is rejected by the API server", "add spec"))
    elif "spec" in item.manifest:
        found.append(_null(("spec",)))
    return tuple(found)


def _walk(value: Any, schema: Node, path: Path, found: list[Violation], around: tuple[Node, ...] = ()) -> None:
    if wrong := wrong_value(value, schema):
        found.append(Violation(path, *wrong))
        return
    if isinstance(value, list) and "items" in schema:
        inner = node(schema["items"])
        for index, each in enumerate(cast("list[Any]", value)):
            _walk(each, inner, (*path, index), found, around)
    elif isinstance(value, dict):
        _walk_map(cast("dict[str, Any]", value), schema, path, found, around)


def _walk_map(
    value: dict[str, Any], schema: Node, path: Path, found: list[Violation], around: tuple[Node, ...]
) -> None:
    fields, values = schema.get("fields"), schema.get("values")
    if schema.get("open") or (fields is None and values is None):
        return
    for key, each in value.items():
        number = values if fields is None else fields.get(key)
        if number is None:
            found.append(_unknown((*path, key), fields or (), value, schema, around))
        elif each is not None or node(number).get("nullable"):
            _walk(each, node(number), (*path, key), found, (*around, schema))
        elif key not in schema.get("required", ()):
            found.append(_null((*path, key)))
    found.extend(_of_the_whole(value, schema, path))


def _of_the_whole(value: dict[str, Any], schema: Node, path: Path) -> Iterator[Violation]:
    unknown = [key for key in value if key not in schema.get("fields", {})]
    for key in schema.get("required", ()):
        if value.get(key) is None and not nearest(key, unknown):
            at = (*path, key) if key in value else path
            yield Violation(at, f"{_named(path)} needs {key}, so the API server rejects the object", f"add {key}")
    for names in schema.get("anyOf", ()):
        if all(value.get(name) is None for name in names):
            message = f"{_named(path)} needs {' or '.join(names)}, so the API server rejects the object"
            yield Violation(path, message, f"add {names[0]}")
    for names in schema.get("atMostOne", ()):
        given = [name for name in names if value.get(name) is not None]
        if len(given) > 1:
            message = f"{' and '.join(given)} exclude each other, so the API server rejects the object"
            others = tuple((*path, name) for name in given[:-1])
            yield Violation((*path, given[-1]), message, f"keep one of {', '.join(given)}", others=others)


def _unknown(path: Path, known: Any, beside: dict[str, Any], schema: Node, around: tuple[Node, ...]) -> Violation:
    name = str(path[-1])
    message = f"there is no field {name} here: kubectl rejects the object, and otherwise the field has no effect"
    inner = [key for key, number in schema.get("fields", {}).items() if name in _fields_below(number)]
    outer = (
        [key for key, number in around[-1].get("fields", {}).items() if name in _fields_below(number)] if around else []
    )
    meant, others_word = nearest(name, [each for each in known if each not in beside]), _OTHERS_WORDS.get(name)
    misplaced = _home_of([key for key in beside if key not in known], around)
    if cut := _text_cut_before(name, beside):
        remedy = f'put all of {cut} in quotes, as a comma within {{ }} ends it: "{beside[cut]},{name}"'
    elif misplaced and name in _fields_below(misplaced[1]):
        remedy = f"move it into {misplaced[0]}"
    elif meant or others_word in known:
        remedy = f"write {meant or others_word}"
    elif len(outer) == 1:
        remedy = f"move it into {outer[0]}, beside {path[-2]}"
    elif inner:
        remedy = f"move it into {inner[0] if len(path) > 1 else 'spec'}"
    elif len(path) == 1 and name in schema.get("fields", {}):
        remedy = "move it into spec"
    elif 0 < len(known) <= _FEW:
        remedy = f"remove it, or write one of {', '.join(sorted(known))}"
    else:
        remedy = f"remove it: {_named(path[:-1])} has no such field" if len(path) > 1 else "remove it"
    return Violation(path, message, remedy, "unknown")


def _text_cut_before(name: str, beside: dict[str, Any]) -> str:
    """The key of a text that a comma within { } ends: the rest of it is then a key without a value, right behind."""
    keys = list(beside)
    before = keys[keys.index(name) - 1] if name in beside and keys.index(name) else ""
    return before if beside.get(name, "") is None and isinstance(beside.get(before), str) and not name.isalnum() else ""


def _home_of(unknown: list[str], around: tuple[Node, ...]) -> tuple[str, int] | None:
    """The field further out, and its definition, that has most of several fields which are unknown where they stand."""
    counted = [
        (sum(name in _fields_below(number) for name in unknown), key, number)
        for schema in around
        for key, number in schema.get("fields", {}).items()
    ]
    most = max(counted, default=(0, "", 0))
    return most[1:] if most[0] > 1 else None


def _null(path: Path) -> Violation:
    message = f"{path[-1]} is empty: server-side apply, as Pulumi's, rejects it, and otherwise it is as if unset"
    return Violation(path, message, f"remove {path[-1]}, or write what it is to hold", "null")


def _fields_below(number: int) -> Any:
    schema = node(number)
    return node(schema["items"]).get("fields", ()) if "items" in schema else schema.get("fields", ())


def _named(path: Path) -> str:
    """The last field of a path in words: `spec`, `an item of ports`."""
    *before, last = path
    return f"an item of {before[-1]}" if isinstance(last, int) and before else str(last)
