"""Do clients send what the pods accept? The TLS that DestinationRules set, against the modes of PeerAuthentications."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fairlead_mesh.model.destination_rules import Subset, host_of
from fairlead_mesh.model.graph import Graph, service_key
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.sidecars import has_sidecar, is_ambient
from fairlead_mesh.model.security.mtls import PeerPolicies
from fairlead_mesh.model.traffic_policy import Policy, policies

if TYPE_CHECKING:
    from fairlead_mesh.model.pods.workloads import Workload

STRICT, DISABLE = "STRICT", "DISABLE"
_REJECTED = {"DISABLE": STRICT, "SIMPLE": STRICT, "ISTIO_MUTUAL": DISABLE}
"""What clients send, and the mode of the pods that reject it."""
_WHOLE_MESH = ("*", "*.local", f"*.{CLUSTER_DOMAIN}", "*.cluster.local")

# The mode of pods, who says so, and whether a proxy is there for sure to enforce it.
_Mode = tuple[str, Item | None, bool]


@dataclass(frozen=True, eq=False)
class TlsConflict:
    """A traffic policy by which clients send what pods reject: `sent` is its mode, `taken` theirs, by `said_by`."""

    policy: Policy
    sent: str
    taken: str
    said_by: Item
    is_sure: bool

    @property
    def host(self) -> str:
        return host_of(self.policy.item)


def tls_conflicts(graph: Graph) -> Iterator[TlsConflict]:
    """Each traffic policy of a DestinationRule whose requests get 503."""
    peers = graph.once(PeerPolicies)
    if not peers.items:
        return
    for item in graph.of_kind("DestinationRule"):
        for policy in policies(item):
            sent = str(policy.tls.get("mode"))
            found = (each for each in _modes(graph, peers, policy) if each[0] == _REJECTED.get(sent))
            for mode, said_by, is_sure in found:
                if said_by is not None:
                    yield TlsConflict(policy, sent, mode, said_by, is_sure)
                    break


def _modes(graph: Graph, peers: PeerPolicies, policy: Policy) -> Iterator[_Mode]:
    item, host = policy.item, host_of(policy.item)
    if host in _WHOLE_MESH:
        yield (*peers.of_namespace(graph.root_namespace), True)
    elif host.startswith("*."):
        namespace, dot, domain = host[2:].partition(".")
        if dot and domain == CLUSTER_DOMAIN:
            yield (*peers.of_namespace(namespace), True)
    elif host.endswith(f".{CLUSTER_DOMAIN}") and (key := service_key(host, item.namespace)) in graph.services and key:
        yield from _modes_of(graph, peers, policy, graph.services[key])


def _modes_of(graph: Graph, peers: PeerPolicies, policy: Policy, service: Item) -> Iterator[_Mode]:
    if not as_map(service.get("spec", "selector")):
        return
    at = policy.path[:3] if policy.path[1] == "subsets" else ()
    pods = Subset("", policy.item, at, as_map(policy.item.get(*at)) if at else {}).pods(graph, service)
    for workload in pods:
        if has_sidecar(graph, workload) is False and not is_ambient(graph, workload):
            continue
        for port in _pod_ports(service, policy, workload):
            mode, said_by = peers.of_port(workload, port)
            yield mode, said_by, _is_sure(graph, workload, said_by)
    # Pods that a subset is still to get may have a policy of their own.
    if not pods and not at:
        mode, said_by = peers.of_namespace(service.namespace)
        yield mode, said_by, said_by is not None and said_by.namespace == service.namespace and graph.closed


def _is_sure(graph: Graph, workload: Workload, said_by: Item | None) -> bool:
    """A policy of the pods' own namespace says that they have proxies; the mesh's own says nothing of them."""
    own = said_by is not None and said_by.namespace == workload.namespace
    return own or bool(has_sidecar(graph, workload)) or is_ambient(graph, workload)


def _pod_ports(service: Item, policy: Policy, workload: Workload) -> Iterator[int | None]:
    """The pods' numbers of the Service's ports that a policy holds for; None where a name leads nowhere."""
    for _, port in service.maps("spec", "ports"):
        number = port.get("port")
        if isinstance(number, int) and policy.port in (None, number) and number not in policy.except_for:
            yield workload.number_of(port)
