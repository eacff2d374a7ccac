"""What is wrong in a MeshConfig, wherever it is written? Fields that Istio does not have, and values of other types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.schema.mesh_types import wrong_types
from fairlead_mesh.lint.stack.chart_keys import Unknown, unknown_fields

FIELDS_RULE = "mesh_config_has_fields_of_istio"
"""The rule over a stack file that says the same of its mesh config."""


def wrong_fields(minor: int, given: Mapping[str, Any], holder: Path, of: str) -> Iterator[Hit]:
    """Each field of a MeshConfig at `holder` that Istio 1.`minor` does not read, and each value that it cannot."""
    for unknown in unknown_fields(minor, given):
        yield unknown_hit(unknown, holder, f"{of} has no such field")
    for wrong in wrong_types("MeshConfig", given):
        message = f"this is not {wrong.should}, so istiod cannot read the mesh config"
        yield Hit((*holder, *wrong.path), wrong.value, message, wrong.remedy, severity="error")


def unknown_hit(unknown: Unknown, holder: Path, message: str) -> Hit:
    """What nobody reads, with what was meant, or the versions that do read it."""
    remedy = f"did you mean {unknown.meant}?" if unknown.meant else "remove it, or fix its name or its place"
    if unknown.elsewhere:
        first, last = unknown.elsewhere
        message += f"; it exists in 1.{first} to 1.{last}" if first != last else f"; it exists in 1.{first}"
        remedy = "remove it, or use another istio.version"
    return Hit((*holder, *unknown.path), unknown.value, message, remedy)
