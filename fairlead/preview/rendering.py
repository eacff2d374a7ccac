"""What would be sent? Objects, releases and security rules as YAML, one file each, in an order that never changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from fairlead.evaluation.snapshot import Resource, Snapshot
from fairlead.terminal import output_folder
from fairlead.terminal.errors import UserError
from fairlead.terminal.file_names import FileNames
from fairlead.yaml_files.yaml_text import as_yaml
from fairlead_mesh.model.objects.yaml_values import as_map

ORDER = "order.txt"
"""Lists the files as they come up, and so which files of a folder the next rendering may replace."""
_RENDERED = re.compile(r"(objects|releases|charts|security-rules)/[^\\\0]+\.yaml")

ChartObjects = Callable[[Resource], Iterable[dict[str, Any]]]


def rendered(snapshot: Snapshot, chart_objects: ChartObjects | None = None) -> dict[str, str]:
    """File name -> YAML, in the order in which the stack comes up; with `chart_objects` the charts' own objects too."""
    files: dict[str, str] = {}
    names = FileNames(".yaml")
    for resource in snapshot.resources:
        if resource.is_release:
            files[names.path("releases", resource.name)] = as_yaml(_release(resource.inputs))
            for manifest in chart_objects(resource) if chart_objects else ():
                files[names.path("charts", resource.name, _object_name(manifest))] = as_yaml(manifest)
        elif resource.is_kubernetes_object:
            files[names.path("objects", _object_name(resource.inputs))] = as_yaml(resource.inputs)
        elif resource.type.startswith("aws:"):
            files[names.path("security-rules", resource.name)] = as_yaml(resource.inputs)
    return files


def _release(inputs: dict[str, Any]) -> dict[str, Any]:
    # The SDK's own switch says nothing about the release.
    return {key: value for key, value in inputs.items() if key != "compat"}


def _object_name(manifest: dict[str, Any]) -> str:
    metadata = as_map(manifest.get("metadata"))
    name = f"{str(manifest.get('kind')).lower()}-{metadata.get('name') or metadata.get('generateName')}"
    return f"{metadata['namespace']}-{name}" if "namespace" in metadata else name


def write(files: dict[str, str], folder: Path) -> None:
    """Put a rendering into `folder`, in the place of an earlier one; whatever else is there stays as it is.

    Raises UserError where a file is in the way that no rendering wrote, or the folder cannot be written.
    """
    new = {**files, ORDER: "".join(f"{name}\n" for name in files)}
    earlier = _earlier(folder)
    foreign = [name for name in new if name not in earlier and (folder / name).exists()]
    if foreign:
        more = f", and {len(foreign) - 1} more" if foreign[1:] else ""
        raise UserError(
            f"{folder / foreign[0]} exists and was not written by render{more}.",
            "Move it away, or use another folder with --out.",
        )
    output_folder.write(new, folder, stale=earlier)


def _earlier(folder: Path) -> list[str]:
    """The files that an earlier rendering wrote, by its own list; none where the list is somebody else's."""
    order = folder / ORDER
    try:
        listed = order.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    ours = all(_RENDERED.fullmatch(name) and ".." not in name.split("/") for name in listed)
    return [*listed, ORDER] if ours else []
