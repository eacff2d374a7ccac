"""For which pods does a Sidecar object hold, and what does it let them call that no object knows?

A Sidecar without a workloadSelector holds for its namespace, and one in the root namespace for all namespaces without
their own (Istio: reference/config/networking/sidecar).
"""

from __future__ import annotations

from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.workloads import labels_in_words

OutboundMode = str
"""`REGISTRY_ONLY` or `ALLOW_ANY`; empty where the Sidecar leaves it to the mesh."""


def outbound_modes(graph: Graph) -> dict[str, OutboundMode]:
    """For whom each Sidecar holds, in words, and its outboundTrafficPolicy; the first of several for the same pods."""
    found: dict[str, OutboundMode] = {}
    for item in sorted(graph.all_of_kind("Sidecar"), key=lambda each: (each.namespace, each.name)):
        labels = as_map(item.get("spec", "workloadSelector", "labels"))
        everywhere = item.namespace == graph.root_namespace and not labels
        scope = "the whole mesh" if everywhere else f"namespace {item.namespace}"
        mode = str(as_map(item.get("spec", "outboundTrafficPolicy")).get("mode") or "")
        found.setdefault(f"{scope}, pods with {labels_in_words(labels)}" if labels else scope, mode)
    return found


def named_hosts(item: Item) -> list[str]:
    """The hosts that a Sidecar names one by one, without those of whole namespaces."""
    found = [
        str(host).partition("/")[2]
        for path, _ in item.maps("spec", "egress")
        for _, host in item.entries(*path, "hosts")
    ]
    return [host for host in dict.fromkeys(found) if host and host != "*"]
