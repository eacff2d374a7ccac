"""Do the proxies of these pods log requests? What Telemetries and the mesh config say of it together.

The nearest Telemetry that speaks of access logs counts: of the pods, of their namespace, of the mesh (Istio: Telemetry,
"workload > namespace > root"); without one, `accessLogFile` and the default providers of the mesh config.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item, by_age
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.reach import reach, selector_of


def logs_requests(graph: Graph, namespace: str, labels: Mapping[str, Any]) -> bool:
    """Whether some requests are logged by pods with these labels, or in a namespace where no labels are known."""
    for item in _nearest_first(graph, namespace, labels):
        logging = [each for _, each in item.maps("spec", "accessLogging")]
        if logging:
            return any(each.get("disabled") is not True for each in logging)
    config = graph.mesh_config or {}
    return bool(config.get("accessLogFile") or as_map(config.get("defaultProviders")).get("accessLogging"))


def _nearest_first(graph: Graph, namespace: str, labels: Mapping[str, Any]) -> Iterator[Item]:
    found = [
        item
        for item in by_age(graph.all_of_kind("Telemetry"))
        if reach(graph, item).holds_for(namespace, labels) and not (selector_of(item) and not labels)
    ]
    yield from (item for item in found if selector_of(item))
    yield from (item for item in found if not selector_of(item) and item.namespace == namespace)
    yield from (item for item in found if not selector_of(item) and item.namespace != namespace)
