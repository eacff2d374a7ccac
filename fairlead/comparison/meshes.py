"""Which two meshes are compared? Each side's objects with its mesh config, and what is around both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fairlead_mesh.model.classes.differences import Compared, at_the_door, differences
from fairlead_mesh.model.classes.surroundings import completed
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.traffic.balancer_traffic import is_internal
from fairlead_mesh.model.traffic.mesh import Mesh

if TYPE_CHECKING:
    from fairlead.comparison.comparison import Side


def compared_requests(before: Side, after: Side) -> Compared:
    """Which requests the two sides treat differently."""
    try:
        found = differences(*both_meshes(before, after))
        if doors := _moved(before.graph, after.graph):
            found.differences += at_the_door(*both_meshes(before, after, from_inside=False), doors)
        return found
    except Exception as error:  # objects can be of any shape, and the rest of a report is worth having
        return Compared(open={f"an object is not as Istio reads it ({type(error).__name__})": 1})


def both_meshes(before: Side, after: Side, *, from_inside: bool = True) -> tuple[Mesh, Mesh]:
    """The meshes of two sides, with apps that obey the headers by which slow and failing ones are tried."""
    old, new = completed(_graph(before), _graph(after), from_inside=from_inside)
    return Mesh(old, 0.0, obeys_headers=True), Mesh(new, 0.0, obeys_headers=True)


def _moved(before: Graph, after: Graph) -> set[str]:
    """The Services whose load balancer is internal on one side only."""
    both = before.services.keys() & after.services.keys()
    return {"/".join(key) for key in both if is_internal(before.services[key]) != is_internal(after.services[key])}


def _graph(side: Side) -> Graph:
    config: dict[str, Any] = {}
    root = side.snapshot.shared_root or side.graph.root_namespace
    for key, release in side.releases.items():
        if release.chart == "istiod":
            values = as_map(release.inputs.get("values"))
            config = as_map(values.get("meshConfig"))
            named = config.get("rootNamespace") or as_map(values.get("global")).get("istioNamespace")
            root = str(named or key.partition("/")[0])
            break
    return replace(side.graph, mesh_config=config, root_namespace=root)
