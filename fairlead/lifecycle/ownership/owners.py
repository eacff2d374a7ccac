"""Whose is an object or a release of the cluster? That its label or its record says; some are nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairlead.cluster.helm_records import INTERRUPTED, HelmRecord
from fairlead.evaluation.snapshot import Resource
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.ownership import STACK_LABEL, is_istios, is_managed, release_description


def is_free_to_take(live: Mapping[str, Any]) -> bool:
    """Whether an object is one of Istio's that no stack, no release and no controller has."""
    labels = as_map(as_map(live.get("metadata")).get("labels"))
    return is_istios(live) and not is_managed(live) and STACK_LABEL not in labels


def owner_of_object(live: Mapping[str, Any], mark: str) -> str:
    """Whose it is; empty where the label says that it is this stack's."""
    metadata = as_map(live.get("metadata"))
    label = str(as_map(metadata.get("labels")).get(STACK_LABEL, ""))
    if label == mark:
        return ""
    managers = sorted({str(each.get("manager")) for each in as_maps(metadata.get("managedFields"))})
    return f"it is of stack {label}" if label else f"it is managed by {', '.join(managers) or 'nobody known'}"


def owner_of_release(record: HelmRecord, wanted: Resource, mark: str, *, begun: bool) -> str:
    """Whose it is; empty where it is ours. Helm records values at once, a description only when it is done."""
    if record.description == release_description(mark):
        return ""
    unfinished = record.status in INTERRUPTED or record.status == "failed"
    if unfinished and (begun or record.values == wanted.inputs.get("values")):
        return ""
    return f"Helm says of revision {record.revision}: {record.status}, {record.description or 'without a description'}"
