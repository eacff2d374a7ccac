"""Which objects of its own does a stack bring? Those of the key `objects`, and why the program would refuse some."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, cast

from fairlead.lint.object_reader import SUFFIXES, ReadObjects, files_in, read_objects
from mesh.findings import Finding
from mesh.model.item import Item

RULE = "objects"


def read_stack_objects(paths: Any, program: Path) -> tuple[ReadObjects, list[Finding]]:
    """The objects of the files that `paths` name, and what is wrong with them.

    What is wrong with the key itself, the model says.
    """
    named = cast("list[Any]", paths) if isinstance(paths, list) else []
    found: list[Finding] = []
    sources: list[str] = []
    for index, path in enumerate(named):
        if isinstance(path, str) and path:
            files = _files(program, path)
            sources += files
            if not files:
                found.append(_without_files(program / path, path, index))
    read = read_objects(sources, program)
    found += [_refused(item, "this is no Kubernetes object", "Write apiVersion and kind.") for item in read.others]
    read.items, refused = _each_once(read.items)
    return read, [*found, *refused]


def _files(program: Path, path: str) -> list[str]:
    """As the program reads them: of a folder its own files, not those of folders in it."""
    if not (program / path).exists():
        return []
    return [os.path.relpath(file, program) for file in files_in(program / path, "*")]


def _without_files(place: Path, path: str, index: int) -> Finding:
    if place.is_dir():
        why, remedy = f"there is no {', '.join(SUFFIXES)} file in this folder", "Put one there, or remove the path."
    else:
        why, remedy = "there is no such file or folder", "Write a path relative to the folder of Pulumi.yaml."
    return Finding(RULE, (RULE, index), path, f"{why}, and `up` would stop at it", remedy=remedy)


def _each_once(items: list[Item]) -> tuple[list[Item], list[Finding]]:
    """The objects that have a name, each once, and findings on the rest."""
    kept: dict[tuple[str, ...], Item] = {}
    found: list[Finding] = []
    for item in items:
        identity = (str(item.manifest["apiVersion"]), item.kind, str(item.metadata.get("namespace")), item.name)
        if not isinstance(item.get("metadata", "name"), str) or not item.name:
            found.append(_refused(item, "an object needs a name", "Write metadata.name."))
        elif identity in kept:
            why = f"{item} stands in {kept[identity].source} already"
            found.append(_refused(item, why, "Remove one of the two."))
        else:
            kept[identity] = item
    return [*kept.values()], found


def _refused(item: Item, why: str, remedy: str) -> Finding:
    path = ("metadata", "name") if item.name else ()
    message = f"{why}, and `up` would stop at it"
    return Finding(
        RULE,
        path,
        item.get(*path) if path else None,
        message,
        remedy=remedy,
        source=item.source,
        document=item.document,
    )
