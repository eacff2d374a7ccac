"""Which mesh is asked, and where does each of its objects stand? A stack's, or that of anybody's YAML.

A file may also hold a recorded mesh: a map with `objects`, and beside them what lies around (`mesh`, the MeshConfig;
`outside`, a server outside of the cluster; `secrets`, the certificates that are there).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fairlead.lint.linted import shown_path
from fairlead.lint.mesh_config_file import read_mesh_config
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.file_text import files_of_named
from fairlead.yaml_files.positions import Positions, positions
from fairlead.yaml_files.stack_file import StackFile
from fairlead_mesh.config import SECRET_KEYS, Config
from fairlead_mesh.findings import ConfigError, report
from fairlead_mesh.findings import Path as KeyPath
from fairlead_mesh.lint.object_findings import object_findings
from fairlead_mesh.lint.stack.stack_lint import stack_graph
from fairlead_mesh.model.graph import Graph, graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map
from fairlead_mesh.model.traffic.mesh import Mesh, Outside
from fairlead_mesh.reading.object_files import ReadObjects, read_objects
from fairlead_mesh.reading.stack_objects import stack_objects
from fairlead_mesh.stack import well_formed

_ROOT = "istio-system"
_WEBHOOK = "webhook"


@dataclass(frozen=True)
class AskedMesh:
    """A mesh with the place of each object (`file:line`), and the objects that Istio's webhook would refuse, which do
    not count."""

    mesh: Mesh
    place: Callable[[Item, KeyPath], str]
    refused: tuple[str, ...] = ()
    config: Config | None = None
    """What the stack file describes; None where plain YAML or a cluster is asked."""


def mesh_of_objects(paths: Sequence[str], mesh_config: Path | None) -> AskedMesh:
    """The mesh that files and folders describe. Raises UserError."""
    for path in paths:
        if not Path(path).exists():
            raise UserError(f"There is no file or folder {path}.", "Name YAML files or folders.")
    read = read_objects([file for path in paths for file in files_of_named(Path(path))])
    _readable(read)
    recorded = [item.manifest for item in read.others if isinstance(item.manifest.get("objects"), list)]
    items = [*read.items, *(each for item in read.others for each in _recorded(item))]
    around: dict[str, Any] = {}
    for each in recorded:
        around |= each
    config = read_mesh_config(mesh_config) if mesh_config else as_map(around.get("mesh")) or None
    root = str(around.get("root_namespace") or (config or {}).get("rootNamespace") or _ROOT)

    def place(item: Item, path: KeyPath) -> str:
        at = Positions(read.roots[item.source]).of_value((*item.origin, *path), item.document)
        return f"{item.source}:{at.line}"

    kept, refused = accepted(graph(items, closed=True, root_namespace=root, mesh_config=config))
    records = "callers" in around
    mesh = Mesh(kept, time.time(), _outside(around), _secrets(around), obeys_headers=records)
    return AskedMesh(mesh, place, refused)


def mesh_of_stack(stack_file: StackFile, program: Path) -> AskedMesh:
    """The mesh that a stack comes to: its own objects, and what its charts bring. Raises UserError."""
    raw = stack_file.own_keys()
    read, wrong = stack_objects(raw.get("objects"), program)
    _readable(read)
    if wrong:
        raise UserError(report(wrong), "Fix the stack file first: fairlead lint shows each line.")
    try:
        config = well_formed({key: value for key, value in raw.items() if key not in SECRET_KEYS})
    except ConfigError as error:
        raise UserError(str(error), "Fix the stack file first: fairlead lint shows each line.") from None
    name, text = shown_path(stack_file.path), positions(stack_file.path.read_text(encoding="utf-8"))

    def place(item: Item, path: KeyPath) -> str:
        if item.source:
            at = Positions(read.roots[item.source]).of_value(path, item.document)
            return f"{shown_path(program / item.source)}:{at.line}"
        lengths = range(len(path), -1, -1)
        known = next((item.places[path[:length]] for length in lengths if path[:length] in item.places), ())
        return f"{name}:{text.of_key((*item.origin, *known), stack_file.project).line}"

    kept, refused = accepted(stack_graph(config, read.items))
    return AskedMesh(Mesh(kept, time.time()), place, refused, config)


def _readable(read: ReadObjects) -> None:
    for broken in read.broken:
        at = f"{broken.source}:{broken.problem.line}"
        raise UserError(f"{at} cannot be read: {broken.problem.message}.", broken.problem.remedy)


def _recorded(item: Item) -> Iterable[Item]:
    for index, manifest in enumerate(as_list(item.manifest.get("objects"))):
        yield Item(as_map(manifest), ("objects", index), source=item.source, document=item.document)


def accepted(mesh: Graph) -> tuple[Graph, tuple[str, ...]]:
    """The mesh without the objects that the API server or Istio's webhook would refuse, and the names of those."""
    refused = {
        finding.subject
        for finding in object_findings(mesh, _WEBHOOK)
        if finding.severity == "error" and finding.subject
    }
    kept = tuple(item for item in mesh.items if (item.kind, _namespace(item), item.name) not in refused)
    names = sorted(f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}" for kind, namespace, name in refused)
    return replace(mesh, items=kept), tuple(names)


def _namespace(item: Item) -> str:
    return item.namespace if "namespace" in item.metadata else ""


def _outside(around: Mapping[str, Any]) -> Outside | None:
    said = as_map(around.get("outside"))
    if not said:
        return None
    ports = {int(port): str(speaks) for port, speaks in as_map(said.get("ports")).items()}
    return Outside(frozenset(map(str, as_list(said.get("names")))), str(said.get("address", "")), ports)


def _secrets(around: Mapping[str, Any]) -> dict[str, bool] | None:
    said = around.get("secrets")
    if not isinstance(said, dict):
        return None
    return {str(name): "ca.crt" in str(text) and "no CA" not in str(text) for name, text in as_map(said).items()}
