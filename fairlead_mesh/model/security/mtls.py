"""Do pods take plain text, mTLS or both? What all PeerAuthentications together say of a port."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fairlead_mesh.model.objects.item import Item, by_age
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.reach import reach, selector_of

if TYPE_CHECKING:
    from fairlead_mesh.model.graph import Graph
    from fairlead_mesh.model.pods.workloads import Workload

PERMISSIVE = "PERMISSIVE"
_PORT = re.compile(r"[0-9]{1,5}")


class PeerPolicies:
    """The PeerAuthentications of a mesh, as istiod merges them: mesh, namespace, pods, port; the nearest that says
    something holds. Of two with one scope the older holds, by name where files know no age."""

    def __init__(self, graph: Graph):
        self._graph = graph
        self.items = by_age(graph.all_of_kind("PeerAuthentication"))

    @cached_property
    def of_all(self) -> dict[str, list[Item]]:
        """Namespace -> those without a selector; the root namespace's hold for the mesh."""
        found: dict[str, list[Item]] = defaultdict(list)
        for item in self.items:
            if not selector_of(item):
                found[item.namespace].append(item)
        return found

    @cached_property
    def of_pods(self) -> dict[Workload, list[Item]]:
        """Pods -> those that select them."""
        found: dict[Workload, list[Item]] = defaultdict(list)
        for item in self.items:
            for workload in reach(self._graph, item).pods(self._graph) if selector_of(item) else ():
                found[workload].append(item)
        return found

    def of_namespace(self, namespace: str) -> tuple[str, Item | None]:
        """The mode of pods that no selector meets, and the policy that says so."""
        for item in [*self.of_all.get(namespace, [])[:1], *self.of_all.get(self._graph.root_namespace, [])[:1]]:
            if mode := mode_of_policy(item):
                return mode, item
        return PERMISSIVE, None

    def of_port(self, workload: Workload, port: int | None) -> tuple[str, Item | None]:
        """The mode of a port of these pods (their own number, not the Service's), and the policy that says so."""
        mode, said_by = self.of_namespace(workload.namespace)
        for item in self.of_pods.get(workload, [])[:1]:
            if own := mode_of_policy(item):
                mode, said_by = own, item
            if port is not None and (level := modes_of_ports(item).get(port)):
                mode, said_by = level, item
        return mode, said_by


def mode_of(mtls: Any) -> str | None:
    """The mode that `mtls`, or a level of a port, says; None where it says nothing of its own."""
    mode = as_map(mtls).get("mode")
    return mode if isinstance(mode, str) and mode != "UNSET" else None


def mode_of_policy(item: Item) -> str | None:
    """The mode that a PeerAuthentication says for all ports of its own."""
    return mode_of(item.get("spec", "mtls"))


def modes_of_ports(item: Item) -> dict[int, str]:
    """Port -> the mode that a policy says for it alone."""
    levels = as_map(item.get("spec", "portLevelMtls"))
    modes = ((str(port), mode_of(level)) for port, level in levels.items())
    return {int(port): mode for port, mode in modes if _PORT.fullmatch(port) and mode}
