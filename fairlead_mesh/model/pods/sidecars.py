"""Which pods have a sidecar, and which are gateways?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fairlead_mesh.model.pods.workloads import Workload

if TYPE_CHECKING:
    from fairlead_mesh.model.graph import Graph

INJECT = "sidecar.istio.io/inject"
INJECTION = "istio-injection"
REVISION = "istio.io/rev"
TEMPLATES = "inject.istio.io/templates"
DATAPLANE_MODE = "istio.io/dataplane-mode"
PROXY = "istio-proxy"
AUTO = "auto"
INJECTED_LABELS = frozenset(
    ("service.istio.io/canonical-name", "service.istio.io/canonical-revision", "security.istio.io/tlsMode")
)
"""Labels that pods get with their sidecar, so that no template says them."""

_GATEWAY = "gateway"
_GATEWAY_LABELS = ("gateway.networking.k8s.io/gateway-name", "gateway.istio.io/managed")


def has_sidecar(graph: Graph, workload: Workload) -> bool | None:
    """Whether a proxy stands before these pods; None where their namespace is not known."""
    if any(container.get("name") == PROXY and container.get("image") != AUTO for _, container in workload.containers):
        return True
    namespace = graph.namespaces.get(workload.namespace)
    asked = workload.labels.get(INJECT)
    if workload.pod.get("hostNetwork") is True or asked == "false":
        return False
    if asked is None and workload.annotations.get(INJECT) == "false":
        return False
    if namespace is None:
        return True if asked == "true" or REVISION in workload.labels else None
    return injects(namespace.labels, workload.labels) or is_injected_by_default(graph, namespace.labels)


def is_injected_by_default(graph: Graph, namespace: Mapping[str, Any]) -> bool:
    """Whether a namespace without a label is injected, as an istiod of the mesh says: enableNamespacesByDefault."""
    return INJECTION not in namespace and REVISION not in namespace and graph.injects_by_default


def injects(namespace: Mapping[str, Any], pod: Mapping[str, Any]) -> bool:
    """Whether istiod's webhook is called for a pod with these labels in a namespace with those."""
    if pod.get(INJECT) == "false":
        return False
    if INJECTION in namespace:
        return namespace[INJECTION] == "enabled"
    return bool(namespace.get(REVISION)) or pod.get(INJECT) == "true" or REVISION in pod


def is_gateway(workload: Workload) -> bool:
    """Whether the proxy is all that runs there: what comes from outside is its job."""
    if "gateway" in str(workload.annotations.get(TEMPLATES, "")).split(","):
        return True
    if any(label in workload.labels for label in _GATEWAY_LABELS):
        return True
    proxies = [container for _, container in workload.containers if container.get("name") == PROXY]
    labelled = str(workload.labels.get("istio", "")).endswith(_GATEWAY)
    return any(each.get("image") == AUTO or labelled or len(workload.containers) == 1 for each in proxies)


def is_ambient(graph: Graph, workload: Workload) -> bool:
    """Whether ztunnel takes the pods' traffic, so that policies hold for them without a sidecar."""
    namespace = graph.namespaces.get(workload.namespace)
    return "ambient" in (workload.labels.get(DATAPLANE_MODE), namespace and namespace.labels.get(DATAPLANE_MODE))


def is_ambient_namespace(graph: Graph, name: str) -> bool:
    """Whether ztunnel takes the traffic of a namespace's pods, none of which gets a sidecar."""
    namespace = graph.namespaces.get(name)
    return bool(namespace and namespace.labels.get(DATAPLANE_MODE) == "ambient" and not injects(namespace.labels, {}))
