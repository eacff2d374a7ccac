"""Which objects did a cluster answer with? Each under the kind and name that it has itself, whatever was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_map, as_maps


@dataclass(frozen=True, order=True)
class Ref:
    """One object's address on a cluster."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


def ref_of(live: Mapping[str, Any]) -> Ref:
    """Where an object is that a cluster answered with."""
    metadata = as_map(live.get("metadata"))
    fields = (live.get("apiVersion"), live.get("kind"), metadata.get("namespace"), metadata.get("name"))
    return Ref(*(str(each or "") for each in fields))


def objects_of(answer: Mapping[str, Any]) -> dict[Ref, dict[str, Any]]:
    """The objects of a list. A list of built-in kinds names the kind of its items once, for all of them."""
    typed = {"apiVersion": answer.get("apiVersion"), "kind": str(answer.get("kind")).removesuffix("List")}
    items = [{**typed, **each} for each in as_maps(answer.get("items"))]
    return {ref_of(each): each for each in items}
