"""Which objects of its own does a stack bring? Those of the key `objects`, and why some of them are refused."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from fairlead_mesh.findings import Finding
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.repeats import differ, identity
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.reading.boundaries import boundary, chart_problem, leads_out
from fairlead_mesh.reading.object_files import SUFFIXES, Broken, ReadObjects, files_in, read_objects

RULE = "objects"


def stack_objects(paths: Any, program: Path) -> tuple[ReadObjects, list[Finding]]:
    """The objects of the files that `paths` name, relative to the program's folder, and what is wrong with them.

    What cannot be read is among the `broken`; what is wrong with the key itself, the model says.
    """
    read, found, root = ReadObjects(), list[Finding](), boundary(program)
    for index, path in enumerate(cast("list[Any]", paths) if isinstance(paths, list) else []):
        if isinstance(path, str) and path:
            named = _files(program, path, root)
            files = [file for file in named if not leads_out(program / file, root)]
            found += [_outside(file, path, index) for file in named if file not in files]
            if not named:
                found.append(_without_files(program / path, path, index))
            more = read_objects((file for file in files if file not in read.roots), program, (RULE, index))
            read.items += more.items
            read.others += more.others
            read.broken += [each for each in more.broken if each not in read.broken]
            read.roots |= more.roots
    found += [_refused(item, "this is not a Kubernetes object", "Write apiVersion and kind.") for item in read.others]
    read.items, refused = _each_once(read.items)
    return read, [*found, *refused]


def broken_finding(broken: Broken) -> Finding:
    """That a file cannot be read; its place is not in it, as it is a place of text."""
    problem = broken.problem
    if broken.read:
        return Finding("yaml", (), None, problem.message, remedy=problem.remedy, source=broken.source)
    remedy = f"{problem.remedy.removesuffix('.')}, or leave the file out"
    remedy += "; the rest of the file was not checked." if broken.partly else "."
    return Finding("yaml", (), None, problem.message, remedy=remedy, source=broken.source)


def broken_findings_at_their_line(broken: list[Broken]) -> list[Finding]:
    """The same where a finding is text and nothing else: the file's name is followed by line and column."""
    return [
        replace(broken_finding(each), source=f"{each.source}:{each.problem.line}:{each.problem.column}")
        for each in broken
    ]


def chart_folder_findings(istio: Any, program: Path) -> list[Finding]:
    """That the folder of Istio's charts, or a link in it, leads to somebody else's files."""
    path = as_map(as_map(istio).get("charts")).get("path")
    problem = chart_problem(program / path, program) if isinstance(path, str) and path else None
    return [Finding("shape", ("istio", "charts", "path"), path, problem[0], remedy=problem[1])] if problem else []


def _files(program: Path, path: str, root: Path) -> list[str]:
    """Of a folder its own files, not those of folders in it; what is outside of `root` is only named."""
    if leads_out(program / path, root):
        return [path]
    if not (program / path).exists():
        return []
    return [os.path.relpath(file, program) for file in files_in(program / path, "*")]


def _outside(file: str, path: str, index: int) -> Finding:
    which = "this" if file == path else f"{file} is a link that"
    remedy = "Copy what the stack needs into the repository."
    return Finding(RULE, (RULE, index), path, f"{which} leads out of the repository", remedy=remedy)


def _without_files(place: Path, path: str, index: int) -> Finding:
    if place.is_dir():
        why, remedy = f"there is no {', '.join(SUFFIXES)} file in this folder", "Put one there, or remove the path."
    else:
        why, remedy = "there is no such file or folder", "Write a path relative to the folder of Pulumi.yaml."
    return Finding(RULE, (RULE, index), path, why, remedy=remedy)


def _each_once(items: list[Item]) -> tuple[list[Item], list[Finding]]:
    """The objects that have a name, each once, and findings on the rest. Of two that say the same one is left out, as
    `kubectl apply` and lint take them for one; of two that differ nobody could know which is meant."""
    kept: dict[tuple[str, ...], Item] = {}
    found: list[Finding] = []
    for item in items:
        key = identity(item)
        if refused := list_findings([item]):
            found += refused
        elif not key or not isinstance(item.get("metadata", "name"), str):
            found.append(_refused(item, "an object needs a name", "Write metadata.name."))
        elif key in kept and differ(item, kept[key]):
            why = f"{item} is defined otherwise in {kept[key].source}"
            found.append(_refused(item, why, "Remove one of the two."))
        else:
            kept.setdefault(key, item)
    return [*kept.values()], found


def list_findings(items: Iterable[Item]) -> list[Finding]:
    """That a list holds nothing that can be applied: whoever reads it takes it for an object of that kind."""
    return [
        _refused(item, "this list has no items that are a list", "Write items as a list of objects.")
        for item in items
        if item.kind.endswith("List") and ("items" in item.manifest or not item.name or item.kind == "SecretList")
    ]


def _refused(item: Item, why: str, remedy: str) -> Finding:
    path = ("metadata", "name") if item.name else ()
    value = item.get(*path) if path else None
    return Finding(RULE, path, value, why, remedy=remedy, source=item.source, document=item.document)
