"""What stands in the stack's own YAML files? Objects in order, or findings that name file and place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mesh.findings import Finding
from mesh.model.item import Item
from mesh.section import Manifest

_SUFFIXES = (".yaml", ".yml", ".json")


class _KubernetesLoader(yaml.SafeLoader):
    """YAML as kubectl reads it: what looks like a date stays a string."""


_KubernetesLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class _Document:
    """What stands at a place: the file, how findings name the place, and the document's number from 0."""

    source: str
    place: str
    number: int
    content: Any


class _Unreadable(str):
    """In the place of a document: why there is none."""


def read_objects(paths: Sequence[str]) -> tuple[list[Item], list[Finding]]:
    """The objects of files and folders (those by file name), and what is wrong with them."""
    items: list[Item] = []
    found: list[Finding] = []
    places: dict[tuple[str, ...], str] = {}
    for index, path in enumerate(paths):
        for document in _documents(Path(path)):
            problem = _problem(document.content, places)
            if problem:
                found.append(Finding("objects", ("objects", index), path, f"{document.place}: {problem}"))
            else:
                places[_identity(document.content)] = document.place
                origin = ("objects", index)
                items.append(Item(document.content, origin, source=document.source, document=document.number))
    return items, found


def _documents(path: Path) -> Iterator[_Document]:
    if not path.exists():
        yield _nothing(path, "no such file or folder; paths are relative to the folder of Pulumi.yaml")
        return
    files = sorted(file for file in path.iterdir() if file.suffix in _SUFFIXES) if path.is_dir() else [path]
    if not files:
        yield _nothing(path, "no .yaml, .yml or .json file in this folder")
    for file in files:
        yield from _documents_of_file(file)


def _nothing(path: Path, reason: str) -> _Document:
    return _Document(str(path), str(path), 0, _Unreadable(reason))


def _documents_of_file(file: Path) -> Iterator[_Document]:
    try:
        text = file.read_text(encoding="utf-8")
        documents = list(yaml.load_all(text, Loader=_KubernetesLoader))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        yield _nothing(file, f"cannot be read: {' '.join(str(error).split())}")
        return
    for number, content in enumerate(documents):
        place = f"{file} (document {number + 1})" if len(documents) > 1 else str(file)
        if isinstance(content, dict) and content.get("kind") == "List" and isinstance(content.get("items"), list):
            yield from (_Document(str(file), place, number, item) for item in content["items"])
        elif content is not None:
            yield _Document(str(file), place, number, content)


def _problem(document: Any, places: dict[tuple[str, ...], str]) -> str | None:
    if isinstance(document, _Unreadable):
        return str(document)
    if not isinstance(document, dict):
        return "is no Kubernetes object: write apiVersion, kind and metadata"
    metadata = document.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    fields = {"apiVersion": document.get("apiVersion"), "kind": document.get("kind"), "metadata.name": name}
    wrong = [field for field, value in fields.items() if not isinstance(value, str) or not value]
    if wrong:
        return f"needs a string as {', '.join(wrong)}"
    key = _identity(document)
    return f"{' '.join(key)} is already in {places[key]}; remove one of the two" if key in places else None


def _identity(manifest: Manifest) -> tuple[str, ...]:
    metadata = manifest["metadata"]
    return manifest["apiVersion"], manifest["kind"], metadata.get("namespace", "-"), metadata["name"]
