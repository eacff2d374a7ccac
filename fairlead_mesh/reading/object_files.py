"""Which objects do people's files hold? Items for the rules and for `up`, and for each the text's own nodes, which know
its line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fairlead_mesh.findings import Path as FindingPath
from fairlead_mesh.model.objects.ballast import without_ballast
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.reading.documents import UNREADABLE, Kept, each_object
from fairlead_mesh.reading.duplicate_keys import DuplicateKey
from fairlead_mesh.reading.files import UnreadableFileError, text_of
from fairlead_mesh.reading.problems import YamlProblem, yaml_problem
from fairlead_mesh.reading.roots import Roots
from fairlead_mesh.reading.shared_values import SharedValues

SUFFIXES = (".yaml", ".yml", ".json")
_HERE = Path()
_LARGE = 1 << 19
"""Characters from which on looking for what is repeated takes less than the memory is worth."""


@dataclass(frozen=True)
class Broken:
    """A file that cannot be read: as a whole or, where it is `partly` so, from some place on. One that is `read` all
    the same says something that the API server rejects, whatever the object is."""

    source: str
    problem: YamlProblem
    partly: bool = False
    read: bool = False


@dataclass
class ReadObjects:
    """What was read: the items, what could not be read, the documents that are no objects, and the places of each
    file's documents, in their order."""

    items: list[Item] = field(default_factory=list[Item])
    broken: list[Broken] = field(default_factory=list[Broken])
    others: list[Item] = field(default_factory=list[Item])
    roots: dict[str, Roots] = field(default_factory=dict[str, Roots])


def files_in(path: Path, pattern: str = "**/*") -> list[Path]:
    """The YAML and JSON files of a folder and of those in it, by name; a file is itself, whatever its name."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.glob(pattern) if file.suffix in SUFFIXES and file.is_file())


def read_objects(
    sources: Iterable[str], folder: Path = _HERE, origin: FindingPath = (), *, judged: bool = False
) -> ReadObjects:
    """The objects of files, by the names that people gave them, relative to `folder`; `-` is standard input.

    `origin` is the part of the stack file that names them. What is only to be `judged` is read without what no rule
    looks at, and of large files what objects repeat is kept once: nobody may apply or change it.
    """
    read, kept, size = ReadObjects(), without_ballast if judged else None, 0
    for source in dict.fromkeys(sources):
        try:
            text = text_of(source if source == "-" else folder / source)
        except UnreadableFileError as error:
            read.broken.append(Broken(source, YamlProblem(error.why, error.remedy)))
            continue
        roots = read.roots[source] = Roots(text)
        size += len(text)
        if kept is without_ballast and size > _LARGE:
            kept = _sharing(read)
        try:
            for number, (value, twice) in enumerate(each_object(text, kept, roots)):
                read.broken += [Broken(source, _problem(key), read=True) for key in twice]
                item = Item(as_map(value), origin, source=source, document=number)
                (read.items if _is_object(item.manifest) else read.others).append(item)
        except UNREADABLE as error:
            read.broken.append(Broken(source, yaml_problem(error, text), partly=True))
    return read


def _sharing(read: ReadObjects) -> Kept:
    """Keep once what the objects that were read repeat; what does the same of further ones."""
    shared = SharedValues()
    read.items[:] = [replace(each, manifest=shared.of(each.manifest)) for each in read.items]
    return lambda value: shared.of(without_ballast(value))


def _problem(key: DuplicateKey) -> YamlProblem:
    return YamlProblem(key.message, "Remove one of the two.", key.line, key.column)


def _is_object(fields: dict[str, Any]) -> bool:
    return all(isinstance(fields.get(key), str) and fields[key] for key in ("apiVersion", "kind"))
