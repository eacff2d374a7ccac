"""Which mTLS modes hold on a side? Of the mesh, of namespaces, of pods and their ports, and who has no sidecar.

The nearest PeerAuthentication that says a mode holds: port, pods, namespace, mesh; without any it is PERMISSIVE
(reference of PeerAuthentication in Istio's documentation).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from fairlead.comparison.comparison import Side
from fairlead.effects.installation.installation import mesh
from fairlead.effects.workloads.subjects import WorkloadKey, of_pods, workload_key
from fairlead_mesh.model.pods.sidecars import has_sidecar, is_ambient, is_gateway
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.reach import selector_of
from fairlead_mesh.model.security.mtls import PeerPolicies, mode_of_policy, modes_of_ports

_SYSTEM = ("kube-system", "kube-public", "kube-node-lease")

Levels = dict[int, str]
"""Port -> mode."""


class Modes:
    """The modes of one side."""

    def __init__(self, side: Side):
        self.graph = mesh(side)
        self.policies = PeerPolicies(self.graph)
        self.root = self.graph.root_namespace

    def of(self, namespace: str) -> str:
        return self.policies.of_namespace(namespace)[0]

    @property
    def of_mesh(self) -> str:
        return self.of(self.root)

    @cached_property
    def pods(self) -> dict[WorkloadKey, Workload]:
        return {workload_key(pod): pod for pod in self.graph.pods.all}

    @cached_property
    def selected(self) -> set[WorkloadKey]:
        """Pods that a policy selects."""
        return {workload_key(pod) for pod in self.policies.of_pods}

    def of_pod(self, key: WorkloadKey) -> str:
        return self.policies.of_port(self.pods[key], None)[0]

    def of_port(self, key: WorkloadKey, port: int) -> str:
        return self.policies.of_port(self.pods[key], port)[0]

    def ports(self, key: WorkloadKey) -> set[int]:
        """The ports that a policy speaks of."""
        return {port for item in self.policies.of_pods.get(self.pods[key], [])[:1] for port in modes_of_ports(item)}

    @cached_property
    def unseen(self) -> dict[str, tuple[str, str, Levels]]:
        """Policies that select pods of nobody here: whom they mean in words -> their namespace, mode and ports."""
        seen = {id(item) for items in self.policies.of_pods.values() for item in items}
        found: dict[str, tuple[str, str, Levels]] = {}
        for item in self.policies.items:
            selector = selector_of(item)
            if selector and item.namespace != self.root and id(item) not in seen:
                mode = mode_of_policy(item) or self.of(item.namespace)
                found.setdefault(of_pods(item.namespace, selector), (item.namespace, mode, modes_of_ports(item)))
        return found

    @cached_property
    def without_sidecar(self) -> list[str]:
        """Namespaces with pods that call in plain text."""
        return sorted(set(self._without_sidecar()))

    def _without_sidecar(self) -> Iterator[str]:
        for pod in self.graph.pods.all:
            plain = has_sidecar(self.graph, pod) is False and not is_gateway(pod) and not is_ambient(self.graph, pod)
            if plain and not pod.item.brought and pod.namespace not in (self.root, *_SYSTEM):
                yield pod.namespace
