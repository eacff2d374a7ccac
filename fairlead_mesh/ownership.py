"""Whose is an object on a cluster? Each object and release of a stack names the stack, so that a later run knows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.model.objects.yaml_values import as_map

STACK_LABEL = "fairlead/stack"
LONGEST = 63
"""Characters of a label's value (Kubernetes, labels and selectors, syntax)."""
_ISTIO = ".istio.io"
_HELM = "app.kubernetes.io/managed-by"
_VALUE = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?")


def stack_mark(project: str, stack: str) -> str:
    """The value of the label: `project.stack`; a name that no label can have is shortened to one that can."""
    name = f"{project}.{stack}"
    if len(name) <= LONGEST and _VALUE.fullmatch(name):
        return name
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")
    return f"{plain[: LONGEST - 9].rstrip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:8]}".lstrip("-")


def marked(manifest: Manifest, mark: str) -> Manifest:
    """The object with the label of its stack."""
    metadata = as_map(manifest.get("metadata"))
    return {**manifest, "metadata": {**metadata, "labels": {**as_map(metadata.get("labels")), STACK_LABEL: mark}}}


def release_description(mark: str) -> str:
    """What Helm records as the description of each revision of a release."""
    return f"fairlead stack {mark}"


def is_istios(manifest: Mapping[str, Any]) -> bool:
    """Whether an object is one of Istio's kinds."""
    return str(manifest.get("apiVersion", "")).partition("/")[0].endswith(_ISTIO)


def is_managed(manifest: Mapping[str, Any]) -> bool:
    """Whether a release of Helm or another object owns an object, so that a second owner would undo its work."""
    metadata = as_map(manifest.get("metadata"))
    return bool(metadata.get("ownerReferences")) or as_map(metadata.get("labels")).get(_HELM) == "Helm"
