"""What stands for an object that belongs to somebody else? Manifests with no more than what requests depend on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def namespace_of_pods(name: str, *, injected: bool) -> dict[str, Any]:
    """A namespace, whose pods have sidecars or not."""
    labels = {"labels": {"istio-injection": "enabled"}} if injected else {}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, **labels}}


def deployment(
    namespace: str, name: str, labels: Mapping[str, Any], *, templates: str = "", account: str = ""
) -> dict[str, Any]:
    """What makes pods with these labels."""
    metadata: dict[str, Any] = {"labels": dict(labels)}
    if templates:
        metadata["annotations"] = {"inject.istio.io/templates": templates}
    pod: dict[str, Any] = {"serviceAccountName": account or name, "containers": []}
    return manifest("apps/v1", "Deployment", namespace, name, {"template": {"metadata": metadata, "spec": pod}})


def manifest(version: str, kind: str, namespace: str, name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """An object."""
    return {"apiVersion": version, "kind": kind, "metadata": {"namespace": namespace, "name": name}, "spec": dict(spec)}
