"""Whom do gateways call, and does a policy still let them? To the pods behind a route the gateway is the caller."""

from __future__ import annotations

from collections import defaultdict

from fairlead.effects.workloads.subjects import WorkloadKey, workload_key
from fairlead_mesh.model.graph import Graph, service_key
from fairlead_mesh.model.virtual_service import MESH, destinations, gateways

UNSEEN: WorkloadKey = ("", "", "")
Called = dict[tuple[str, WorkloadKey | None], set[str]]
"""Namespace and pods (None for any of the namespace, `UNSEEN` for those that nobody knows) -> the gateways that call
them, `namespace/name`."""


def called_by_gateways(graph: Graph) -> Called:
    """Whom the VirtualServices at gateways lead to."""
    found: Called = defaultdict(set)
    for item in graph.all_of_kind("VirtualService"):
        entrances = [name for name in gateways(item) if name != MESH]
        for destination in destinations(item) if entrances else ():
            key = service_key(destination.full_host, item.namespace)
            service = graph.services.get(key) if key else None
            if key:
                found[key[0], None].update(entrances)
            pods = graph.pods_of(service) if service else []
            for pod in pods:
                found[pod.namespace, workload_key(pod)].update(entrances)
            if key and not pods:
                found[key[0], UNSEEN].update(entrances)
    return found
