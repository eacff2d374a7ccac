"""Do callers speak what the pods understand? The TLS of DestinationRules against PeerAuthentications."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mesh.findings import Hit, Severity
from mesh.lint.rule import object_rule
from mesh.model.graph import Graph, full_host, service_key
from mesh.model.hostnames import CLUSTER_DOMAIN
from mesh.model.item import Item
from mesh.model.security.mtls import PeerPolicies
from mesh.model.sidecars import has_sidecar, is_ambient
from mesh.model.traffic_policy import Policy, destination_rules, policies
from mesh.model.workloads import Workload
from mesh.model.yaml_values import as_map

_PLAIN = ("DISABLE", "SIMPLE")
_WHOLE_MESH = ("*", "*.local", f"*.{CLUSTER_DOMAIN}", "*.cluster.local")

# The mode of pods, who says so, and how sure it is that a proxy is there to enforce it.
_Mode = tuple[str, Item | None, Severity]


@object_rule("KIA0207", "KIA0208")
def strict_pods_are_called_with_mtls(graph: Graph) -> Iterator[Hit]:
    """Pods with STRICT mTLS accept nothing else, so a DestinationRule must not turn the clients' mTLS off.

    Every request then gets 503 with `upstream connect error or disconnect/reset before headers`: the most common outage
    of a mesh, and no webhook and no istioctl analyze sees it.
    """
    for policy, mode, said_by, severity in _conflicts(graph, _PLAIN, "STRICT"):
        sent = "plain text" if mode == "DISABLE" else "TLS without the mesh's certificate"
        message = f"clients send {sent}, and {said_by} accepts mTLS only: every request gets 503"
        remedy = "write mode: ISTIO_MUTUAL or remove tls, or make that policy PERMISSIVE"
        yield policy.item.hit((*policy.path, "tls", "mode"), message, remedy, severity=severity)


@object_rule("KIA0205", "KIA0206", "KIA0505", "KIA0506")
def plain_pods_are_called_without_mtls(graph: Graph) -> Iterator[Hit]:
    """Pods with mTLS off accept plain text only, so a DestinationRule must not make clients use mTLS: 503."""
    for policy, _, said_by, severity in _conflicts(graph, ("ISTIO_MUTUAL",), "DISABLE"):
        message = f"clients use mTLS, and {said_by} turns it off for these pods: every request gets 503"
        remedy = "remove tls, so that clients follow the policy, or make that policy PERMISSIVE"
        yield policy.item.hit((*policy.path, "tls", "mode"), message, remedy, severity=severity)


def _conflicts(graph: Graph, spoken: tuple[str, ...], taken: str) -> Iterator[tuple[Policy, str, Item, Severity]]:
    """Each policy with a mode that is `spoken` for pods whose mode is `taken`."""
    peers = PeerPolicies(graph)
    if not peers.items:
        return
    for item in destination_rules(graph):
        for policy in policies(item):
            mode = policy.tls.get("mode")
            if mode not in spoken:
                continue
            for found, said_by, severity in _modes(graph, peers, policy):
                if found == taken and said_by is not None:
                    yield policy, str(mode), said_by, severity
                    break


def _modes(graph: Graph, peers: PeerPolicies, policy: Policy) -> Iterator[_Mode]:
    item = policy.item
    host = full_host(str(item.get("spec", "host") or ""), item.namespace)
    if host in _WHOLE_MESH:
        yield (*peers.of_namespace(graph.root_namespace), "error")
    elif host.startswith("*."):
        namespace, dot, domain = host[2:].partition(".")
        if dot and domain == CLUSTER_DOMAIN:
            yield (*peers.of_namespace(namespace), "error")
    elif host.endswith(f".{CLUSTER_DOMAIN}") and (key := service_key(host, item.namespace)) in graph.services and key:
        yield from _modes_of(graph, peers, policy, graph.services[key])


def _modes_of(graph: Graph, peers: PeerPolicies, policy: Policy, service: Item) -> Iterator[_Mode]:
    selector = as_map(service.get("spec", "selector"))
    if not selector:
        return
    subset = as_map(policy.item.get(*policy.path[:3], "labels")) if policy.path[1] == "subsets" else {}
    pods = graph.selected(service.namespace, {**selector, **subset})
    for workload in pods:
        if has_sidecar(graph, workload) is False and not is_ambient(graph, workload):
            continue
        for port in _pod_ports(service, policy, workload):
            mode, said_by = peers.of_port(workload, port)
            yield mode, said_by, _certainty(graph, workload, said_by)
    if not pods:
        mode, said_by = peers.of_namespace(service.namespace)
        own = said_by is not None and said_by.namespace == service.namespace
        yield mode, said_by, "error" if own and graph.closed else "warning"


def _certainty(graph: Graph, workload: Workload, said_by: Item | None) -> Severity:
    """A policy of the pods' own namespace says that they have proxies; the mesh's own says nothing of them."""
    own = said_by is not None and said_by.namespace == workload.namespace
    return "error" if own or has_sidecar(graph, workload) or is_ambient(graph, workload) else "warning"


def _pod_ports(service: Item, policy: Policy, workload: Workload) -> Iterator[int | None]:
    """The pods' numbers of the Service's ports that a policy holds for; None where a name leads nowhere."""
    for _, port in service.maps("spec", "ports"):
        number: Any = port.get("port")
        if not isinstance(number, int) or policy.port not in (None, number) or number in policy.except_for:
            continue
        target: Any = port.get("targetPort", number)
        yield target if isinstance(target, int) else _named_port(workload, target)


def _named_port(workload: Workload, name: Any) -> int | None:
    for place, _ in workload.containers:
        for _, port in workload.item.maps(*place, "ports"):
            if port.get("name") == name and isinstance(port.get("containerPort"), int):
                return port["containerPort"]
    return None
