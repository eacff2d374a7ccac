"""Which resources of a stack take part in the demo, which cannot, and what has to exist before the first one?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fairlead.cluster.stand_ins import sendable, stand_ins
from fairlead.evaluation.snapshot import Resource, Snapshot


@dataclass(frozen=True)
class Skip:
    """A resource that is left out, and why."""

    resource: Resource
    reason: str


def takes_part(resource: Resource) -> bool:
    """Whether a Kubernetes API server is all it needs."""
    return resource.is_release or resource.is_kubernetes_object


def is_patch(resource: Resource) -> bool:
    """Whether it only adds fields to an object that belongs to somebody else."""
    return resource.type.endswith("Patch")


def title(resource: Resource) -> str:
    """What a person calls it."""
    if resource.is_release:
        inputs: dict[str, Any] = stand_ins(resource.inputs)
        return f"Release {inputs.get('namespace', 'default')}/{inputs.get('name', resource.name)}"
    manifest = manifest_of(resource)
    metadata = manifest["metadata"]
    place = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    return f"{'fields of ' if is_patch(resource) else ''}{manifest['kind']} {place}{metadata['name']}"


def manifest_of(resource: Resource) -> dict[str, Any]:
    """The manifest of an object, as it is sent."""
    return sendable(resource.name, resource.inputs)


def left_out(snapshot: Snapshot) -> list[Skip]:
    """What needs something else than a Kubernetes API server."""
    skips: list[Skip] = []
    for resource in snapshot.resources:
        package = resource.type.partition(":")[0]
        if resource.custom and not resource.read and not takes_part(resource) and package != "pulumi":
            skips.append(Skip(resource, "needs AWS" if package == "aws" else f"needs {package}"))
    return skips


def adopted_namespaces(snapshot: Snapshot) -> list[str]:
    """Namespaces that the stack uses and does not create: somebody else's, in a real cluster."""
    return sorted(set(_used_namespaces(snapshot)) - set(_created_namespaces(snapshot)))


def _used_namespaces(snapshot: Snapshot) -> Iterator[str]:
    for resource in filter(takes_part, snapshot.resources):
        if resource.is_release:
            yield stand_ins(resource.inputs.get("namespace") or "default")
            continue
        manifest = manifest_of(resource)
        if manifest["kind"] == "Namespace":
            yield manifest["metadata"]["name"]
        elif manifest["metadata"].get("namespace"):
            yield manifest["metadata"]["namespace"]


def _created_namespaces(snapshot: Snapshot) -> Iterator[str]:
    for resource in filter(takes_part, snapshot.resources):
        if not resource.is_release and not is_patch(resource) and resource.inputs["kind"] == "Namespace":
            yield manifest_of(resource)["metadata"]["name"]
