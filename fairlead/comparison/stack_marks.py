"""What differs between two stacks only because each names itself? Its label on every object, its words on a release."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fairlead.comparison.comparison import Side
from fairlead.evaluation.snapshot import Resource
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.ownership import STACK_LABEL, release_description, stack_mark


def without_marks(side: Side) -> Side:
    """The side as if its objects and releases named no stack."""
    own = release_description(stack_mark(side.snapshot.project, side.snapshot.stack))
    resources = tuple(replace(each, inputs=_unmarked(each, own)) for each in side.snapshot.resources)
    return replace(side, snapshot=replace(side.snapshot, resources=resources))


def _unmarked(resource: Resource, own: str) -> dict[str, Any]:
    inputs = resource.inputs
    if resource.is_release and inputs.get("description") == own:
        return {**inputs, "description": ""}
    metadata = as_map(inputs.get("metadata"))
    labels = as_map(metadata.get("labels"))
    if not resource.is_kubernetes_object or STACK_LABEL not in labels:
        return inputs
    others = {key: value for key, value in labels.items() if key != STACK_LABEL}
    plain = {key: value for key, value in metadata.items() if key != "labels"}
    return {**inputs, "metadata": {**plain, **({"labels": others} if others else {})}}
