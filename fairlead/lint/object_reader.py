"""Which objects do people's files hold? Items for the rules, and for each the text's own nodes, which know its line."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml

from fairlead.lint.plain_value import RecursiveValueError, plain_value
from fairlead.yaml_files.positions import Place, Positions
from fairlead.yaml_files.yaml_documents import KubernetesLoader
from mesh.findings import Finding
from mesh.model.item import Item
from mesh.model.yaml_values import as_map

STANDARD_INPUT = "-"
HERE = Path()
SUFFIXES = (".yaml", ".yml", ".json")


@dataclass
class ReadObjects:
    """What was read: the items, what could not be read, how many documents are no objects, and where all stands."""

    items: list[Item] = field(default_factory=list[Item])
    broken: list[tuple[Finding, Place]] = field(default_factory=list[tuple[Finding, Place]])
    others: list[Item] = field(default_factory=list[Item])
    positions: dict[str, Positions] = field(default_factory=dict[str, Positions])


def files_in(path: Path, pattern: str = "**/*") -> list[Path]:
    """The YAML and JSON files of a folder and of those in it, by name; a file is itself, whatever its name."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.glob(pattern) if file.suffix in SUFFIXES and file.is_file())


def read_objects(sources: Iterable[str], folder: Path = HERE) -> ReadObjects:
    """The objects of files, by the names that people gave them, relative to `folder`; `-` is standard input."""
    read = ReadObjects()
    for source in dict.fromkeys(sources):
        try:
            text = sys.stdin.read() if source == STANDARD_INPUT else (folder / source).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            read.broken.append((_broken(source, f"cannot be read: {error}"), Place()))
            continue
        roots: list[Any] = []
        read.positions[source] = Positions(roots)
        try:
            for number, (value, root) in enumerate(_objects(text)):
                roots.append(root)
                item = Item(as_map(value), source=source, document=number)
                (read.items if _is_object(item.manifest) else read.others).append(item)
        except (yaml.YAMLError, RecursiveValueError, ValueError, RecursionError) as error:
            read.broken.append((_broken(source, _why(error), templated="{{" in text), _where(error)))
    return read


def _objects(text: str) -> Iterator[tuple[Any, Any]]:
    """Every document that is not empty, a list's items one by one, each with its node."""
    loader: Any = KubernetesLoader(text)
    try:
        while loader.check_node():
            root = loader.get_node()
            value = plain_value(loader.construct_document(root))
            if value is not None:
                yield from _expanded(value, root)
    finally:
        loader.dispose()


def _expanded(value: Any, root: Any) -> Iterator[tuple[Any, Any]]:
    fields = as_map(value)
    if str(fields.get("kind")).endswith("List") and isinstance(fields.get("items"), list):
        nodes = next(node.value for key, node in reversed(root.value) if key.value == "items")
        for item, node in zip(cast("list[Any]", fields["items"]), cast("Sequence[Any]", nodes), strict=True):
            yield from _expanded(item, node)
    else:
        yield value, root


def _is_object(fields: dict[str, Any]) -> bool:
    return all(isinstance(fields.get(key), str) and fields[key] for key in ("apiVersion", "kind"))


def _broken(source: str, why: str, *, templated: bool = False) -> Finding:
    first = "Render the template first, as by `helm template`" if templated else "Mend the line"
    remedy = f"{first}, or leave the file out; of what stands behind it in the file, nothing was checked."
    return Finding("yaml", (), None, why, remedy=remedy, source=source)


def _why(error: Exception) -> str:
    marked = cast("Any", error)
    words = (getattr(marked, "problem", None), getattr(marked, "context", None))
    return f"this is no YAML: {' '.join(str(next((word for word in words if word), error)).split())}"


def _where(error: Exception) -> Place:
    marked = cast("Any", error)
    mark = getattr(marked, "problem_mark", None) or getattr(marked, "context_mark", None)
    return Place(mark.line + 1, mark.column + 1) if mark else Place()
