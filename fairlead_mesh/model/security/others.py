"""Does an object apply beyond the namespaces of whoever wrote it? By root namespace, exportTo and hosts.

Sources: as of model/reach.py; for ConfigMaps manifests/charts/istio-control/istio-discovery in istio/istio.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from fairlead_mesh.findings import Path
from fairlead_mesh.model.graph import Graph, service_key
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.reach import SELECTORS, reach
from fairlead_mesh.model.virtual_service import EVERY_NAMESPACE, is_on_mesh, seen_from, strings

_HOME: Path = ("metadata", "namespace")
_OF_ISTIOD = "istio"


@dataclass(frozen=True)
class Beyond:
    """What applies to pods of others: its place in the object, what it does there, and whether that is `certain`."""

    path: Path
    text: str
    certain: bool = True


def beyond(graph: Graph, item: Item, own: Collection[str]) -> Iterator[Beyond]:
    """How an object changes what happens to pods outside of the namespaces that are `own`."""
    at_root = item.namespace == graph.root_namespace and item.namespace not in own
    if item.kind in SELECTORS:
        if at_root and not reach(graph, item).is_ignored:
            everywhere = reach(graph, item).namespace is None
            where = "every namespace" if everywhere else item.namespace
            chosen = " that it selects" if reach(graph, item).is_selective else ""
            yield Beyond(_HOME, f"applies to pods of {where}{chosen}")
    elif item.kind == "DestinationRule":
        if at_root and EVERY_NAMESPACE in seen_from(item, graph.mesh_config, "defaultDestinationRuleExportTo"):
            yield Beyond(_HOME, "applies to requests of every namespace that has no rule of its own for the host")
    elif item.kind == "VirtualService":
        yield from _routed(graph, item, own)
    elif item.kind == "ServiceEntry":
        if others := seen_from(item, graph.mesh_config, "defaultServiceExportTo") - {*own}:
            yield Beyond(("spec", "hosts"), f"is visible to pods of {_named(others)}", certain=False)
    elif item.kind == "ConfigMap" and at_root and f"{item.name}-".startswith(f"{_OF_ISTIOD}-"):
        yield Beyond(("metadata", "name"), "is read by istiod as settings of the whole mesh")


def _routed(graph: Graph, item: Item, own: Collection[str]) -> Iterator[Beyond]:
    """Hosts of others for which sidecars of others would route by it."""
    others = seen_from(item, graph.mesh_config, "defaultVirtualServiceExportTo") - {*own}
    for path, host in strings(item, "spec", "hosts") if others and is_on_mesh(item) else ():
        key = service_key(host, item.namespace)
        if key is None or key[0] not in own:
            yield Beyond(path, f"routes requests to {host} of pods of {_named(others)}", certain=False)


def _named(namespaces: Collection[str]) -> str:
    return "every namespace" if EVERY_NAMESPACE in namespaces else " and ".join(sorted(namespaces))
