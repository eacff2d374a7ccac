"""What would be sent? Objects, releases and security rules as YAML, one file each, in an order that never changes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from fairlead.evaluation.snapshot import Resource, Snapshot
from fairlead.terminal.errors import UserError, unwritable
from fairlead.yaml_files.yaml_text import as_yaml

ORDER = "order.txt"
"""Lists the files as they come up; its presence also says that a folder is a rendering and may be replaced."""

ChartObjects = Callable[[Resource], Iterable[dict[str, Any]]]


def rendered(snapshot: Snapshot, chart_objects: ChartObjects | None = None) -> dict[str, str]:
    """File name -> YAML, in the order in which the stack comes up; with `chart_objects` the charts' own objects too."""
    files: dict[str, str] = {}
    for resource in snapshot.resources:
        if resource.is_release:
            files[f"releases/{_name(resource)}.yaml"] = as_yaml(_release(resource.inputs))
            for manifest in chart_objects(resource) if chart_objects else ():
                files[f"charts/{_name(resource)}/{_object_name(manifest)}.yaml"] = as_yaml(manifest)
        elif resource.is_kubernetes_object:
            files[f"objects/{_object_name(resource.inputs)}.yaml"] = as_yaml(resource.inputs)
        elif resource.type.startswith("aws:"):
            files[f"security-rules/{_name(resource)}.yaml"] = as_yaml(resource.inputs)
    return files


def _release(inputs: dict[str, Any]) -> dict[str, Any]:
    # The SDK's own switch says nothing about the release.
    return {key: value for key, value in inputs.items() if key != "compat"}


def _name(resource: Resource) -> str:
    return resource.name.replace("/", "-")


def _object_name(manifest: dict[str, Any]) -> str:
    metadata = manifest["metadata"]
    name = f"{manifest['kind'].lower()}-{metadata['name'].replace(':', '-')}"
    return f"{metadata['namespace']}-{name}" if "namespace" in metadata else name


def write(files: dict[str, str], folder: Path) -> None:
    """Make `folder` hold just these files: all of them or, where something fails, none.

    Raises UserError where the folder holds something else, or cannot be written.
    """
    if folder.exists() and not _is_replaceable(folder):
        raise UserError(f"{folder} holds something that is no rendering.", "Name an empty or a new folder with --out.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as draft:
            new = Path(draft) / "new"
            for name, text in _with_order(files):
                file = new / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            if folder.exists():
                folder.rename(Path(draft) / "old")
            new.rename(folder)
    except OSError as error:
        raise unwritable(folder, error, "Name another folder with --out.") from None


def _with_order(files: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield from files.items()
    yield ORDER, "".join(f"{name}\n" for name in files)


def _is_replaceable(folder: Path) -> bool:
    return folder.is_dir() and ((folder / ORDER).is_file() or not any(folder.iterdir()))
