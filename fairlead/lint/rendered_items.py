"""Where do the objects that Kustomize makes stand? In the file that each is made of, as far as its name tells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairlead.lint.kustomize import Rendered
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.repeats import identity

_OF_THE_CLUSTER = (
    "APIService",
    "Cluster",
    "CustomResourceDefinition",
    "GatewayClass",
    "MutatingWebhook",
    "Namespace",
    "PriorityClass",
    "StorageClass",
    "ValidatingWebhook",
)


@dataclass(frozen=True)
class AsApplied:
    """The items of files as they are applied, and the files whose objects Kustomize leaves out for another file's."""

    items: list[Item]
    left_out: frozenset[str]


def with_rendered(items: Sequence[Item], rendered: Iterable[Rendered]) -> AsApplied:
    """The items of files; those of a rendered folder as Kustomize makes them."""
    left_out: set[str] = set()
    raw: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        raw[item.kind].append(item)
    made: list[Item] = []
    used: set[Item] = set()
    for each in rendered:
        for manifest in each.objects:
            new = Item(manifest, source=str(each.kustomization))
            source = _made_of(new, raw[new.kind], each.folder.resolve())
            if source:
                used.add(source)
                left_out.update(each.source for each in raw[new.kind] if _is_beside(each, source))
                new = Item(manifest, source=source.source, document=source.document)
            made.append(new)
    # A base may be rendered by several folders, of which one is applied.
    once = {(item.source, item.document, identity(item)): item for item in made}
    return AsApplied([*(item for item in items if item not in used), *once.values()], frozenset(left_out))


def in_namespace(items: Sequence[Item], namespace: str) -> list[Item]:
    """The items as `kubectl apply -n` would apply them."""
    return [_placed(item, namespace) if namespace and _may_be_placed(item) else item for item in items]


def _may_be_placed(item: Item) -> bool:
    return "namespace" not in item.metadata and not item.kind.startswith(_OF_THE_CLUSTER)


def _placed(item: Item, namespace: str) -> Item:
    metadata = {**item.metadata, "namespace": namespace}
    return Item({**item.manifest, "metadata": metadata}, source=item.source, document=item.document)


def _is_beside(item: Item, source: Item) -> bool:
    """Whether an object of another file of the folder has the same name: a kustomization with both is rejected."""
    same = item.name == source.name and item.metadata.get("namespace") == source.metadata.get("namespace")
    return same and item.source != source.source and Path(item.source).parent == Path(source.source).parent


def _made_of(item: Item, candidates: Iterable[Item], folder: Path) -> Item | None:
    """The object of the same kind whose name is in this one's; the nearest file of several."""
    fitting = [each for each in candidates if each.name and each.name in item.name]
    if not fitting:
        return None

    def fit(each: Item) -> tuple[int, bool, bool, int]:
        near = Path(each.source).resolve().is_relative_to(folder)
        common = len([1 for a, b in zip(Path(each.source).resolve().parts, folder.parts, strict=False) if a == b])
        return len(each.name), _says(each) == _says(item), near, common

    return max(fitting, key=fit)


def _says(item: Item) -> dict[str, Any]:
    return {key: value for key, value in item.manifest.items() if key != "metadata"}
