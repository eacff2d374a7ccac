"""Which objects do people's files hold? Items for the rules and for `up`, and for each the text's own nodes, which know
its line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mesh.findings import Path as FindingPath
from mesh.model.item import Item
from mesh.model.yaml_values import as_map
from mesh.reading.documents import UNREADABLE, each_object
from mesh.reading.files import UnreadableFileError, text_of
from mesh.reading.problems import YamlProblem, yaml_problem

SUFFIXES = (".yaml", ".yml", ".json")
_HERE = Path()


@dataclass(frozen=True)
class Broken:
    """A file that cannot be read: as a whole or, where it is `partly` so, from some place on."""

    source: str
    problem: YamlProblem
    partly: bool = False


@dataclass
class ReadObjects:
    """What was read: the items, what could not be read, the documents that are no objects, and the nodes of each file,
    in the order of its documents."""

    items: list[Item] = field(default_factory=list[Item])
    broken: list[Broken] = field(default_factory=list[Broken])
    others: list[Item] = field(default_factory=list[Item])
    roots: dict[str, list[Any]] = field(default_factory=dict[str, "list[Any]"])


def files_in(path: Path, pattern: str = "**/*") -> list[Path]:
    """The YAML and JSON files of a folder and of those in it, by name; a file is itself, whatever its name."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.glob(pattern) if file.suffix in SUFFIXES and file.is_file())


def read_objects(sources: Iterable[str], folder: Path = _HERE, origin: FindingPath = ()) -> ReadObjects:
    """The objects of files, by the names that people gave them, relative to `folder`; `-` is standard input.

    `origin` is the part of the stack file that names them.
    """
    read = ReadObjects()
    for source in dict.fromkeys(sources):
        try:
            text = text_of(source if source == "-" else folder / source)
        except UnreadableFileError as error:
            read.broken.append(Broken(source, YamlProblem(error.why, error.remedy)))
            continue
        roots = read.roots[source] = []
        try:
            for number, (value, root) in enumerate(each_object(text)):
                roots.append(root)
                item = Item(as_map(value), origin, source=source, document=number)
                (read.items if _is_object(item.manifest) else read.others).append(item)
        except UNREADABLE as error:
            read.broken.append(Broken(source, yaml_problem(error, text), partly=True))
    return read


def _is_object(fields: dict[str, Any]) -> bool:
    return all(isinstance(fields.get(key), str) and fields[key] for key in ("apiVersion", "kind"))
