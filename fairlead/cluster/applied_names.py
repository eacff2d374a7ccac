"""Under which name is what a stack applies on a cluster? Read from the inputs of its resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairlead.cluster.answers import Ref
from fairlead.cluster.object_names import wrong_name
from fairlead.evaluation.snapshot import UNKNOWN, Snapshot
from fairlead_mesh.model.objects.yaml_values import as_map

Inputs = Mapping[str, Any]


def ref_of_inputs(given: Inputs) -> Ref | None:
    """The address of an object; None where nobody knows it before the engine does."""
    metadata = as_map(given.get("metadata"))
    fields = (given.get("apiVersion"), given.get("kind"), metadata.get("namespace"), metadata.get("name"))
    api_version, kind, namespace, name = (str(each or "") for each in fields)
    if UNKNOWN in (namespace, name) or not (api_version and kind and name):
        return None
    return None if wrong_name(api_version, kind, namespace, name) else Ref(api_version, kind, namespace, name)


def release_name(given: Inputs) -> str:
    """How Helm tells releases apart: `namespace/name`."""
    return f"{given.get('namespace') or 'default'}/{given.get('name')}"


def istiod_revision(snapshot: Snapshot) -> str:
    """The revision of the stack's istiod; empty where it brings none."""
    values = [as_map(each.inputs.get("values")) for each in snapshot.releases if each.chart == "istiod"]
    return str(values[0].get("revision") or "default") if values else ""
