"""Does istiod read the mesh config of an installation? Of istioctl's, of an operator's, and of a Helm release."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.lint.schema.mesh_config_fields import wrong_fields
from fairlead_mesh.lint.stack.chart_keys import NEWEST
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.yaml_values import as_map

_HOLDERS: dict[str, tuple[Path, ...]] = {
    "IstioOperator": (("spec", "meshConfig"), ("spec", "values", "meshConfig")),
    "Istio": (("spec", "values", "meshConfig"),),
    "HelmRelease": (("spec", "values", "meshConfig"),),
}


@object_rule(severity="warning")
def mesh_configs_of_installations_are_read(graph: Graph) -> Iterator[Hit]:
    """A mesh config has fields of Istio, with values of their types: others are not read, or stop istiod.

    As in the stack file's `istio.values`, here in an IstioOperator, an Istio of the Sail operator or a HelmRelease. A
    field that another version of Istio reads may be right there.
    """
    for item in graph.of_kind(*_HOLDERS):
        for holder in _HOLDERS[item.kind]:
            for hit in wrong_fields(NEWEST, as_map(item.get(*holder)), holder, "Istio's mesh config"):
                is_misspelt = hit.remedy.startswith("did you mean")
                severity = hit.severity or (None if is_misspelt else "info")
                yield replace(hit, item=item, severity=severity)
