"""Which mesh is on a cluster now? Its Services, workloads and Istio's objects are read; Secrets never are."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from fairlead.cluster.answers import Ref
from fairlead.cluster.api_client import RefusedError
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.explain.asked_mesh import AskedMesh, accepted
from fairlead_mesh.model.graph import graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.traffic.mesh import Mesh
from fairlead_mesh.reading.documents import UNREADABLE, yaml_objects

_ROOT = "istio-system"
_OF_KUBERNETES = {
    "v1": ("Namespace", "Service", "ServiceAccount"),
    "apps/v1": ("Deployment", "StatefulSet", "DaemonSet"),
}
_OF_ISTIO = ".istio.io"


def mesh_of_cluster(cluster: LiveCluster) -> tuple[AskedMesh, list[str]]:
    """The mesh, and what could not be read, in words. Raises UserError where the cluster does not answer."""
    manifests: list[dict[str, Any]] = []
    unread: list[str] = []
    for api_version, kind in _kinds(cluster):
        try:
            manifests += cluster.labelled(api_version, kind, "", "").values()
        except RefusedError as error:
            unread.append(f"{kind} ({error.message})")
    config = _mesh_config(cluster, unread)
    root = str(config.get("rootNamespace") or _ROOT)
    items = [Item(_plain(each)) for each in manifests]
    whole = graph(items, closed=not unread, root_namespace=root, mesh_config=config or None)
    kept, refused = accepted(whole)
    return AskedMesh(Mesh(kept, time.time()), lambda _item, _path: f"on {cluster.host}", refused), unread


def _kinds(cluster: LiveCluster) -> Iterator[tuple[str, str]]:
    """Those that say what happens to requests; of Istio's each in the version that the cluster prefers."""
    for api_version, kinds in _OF_KUBERNETES.items():
        yield from ((api_version, kind) for kind in kinds)
    for (api_version, name), kind in cluster.kinds().items():
        if api_version.partition("/")[0].endswith(_OF_ISTIO) and kind.preferred and "list" in kind.verbs:
            yield api_version, name


def _mesh_config(cluster: LiveCluster, unread: list[str]) -> dict[str, Any]:
    """What istiod was given, from its config map."""
    try:
        found = cluster.read(Ref("v1", "ConfigMap", _ROOT, "istio"))
        read = yaml_objects(str(as_map((found or {}).get("data")).get("mesh") or ""))
        return read[0] if read else {}
    except RefusedError as error:
        unread.append(f"ConfigMap {_ROOT}/istio ({error.message})")
    except UNREADABLE:
        unread.append(f"ConfigMap {_ROOT}/istio (its mesh is not valid YAML)")
    return {}


def _plain(live: dict[str, Any]) -> dict[str, Any]:
    """Without what the cluster keeps for itself."""
    metadata = {key: value for key, value in as_map(live.get("metadata")).items() if key != "managedFields"}
    return {**{key: value for key, value in live.items() if key != "status"}, "metadata": metadata}
