"""Do the selectors of policies and proxy settings meet pods?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mesh.findings import Hit
from mesh.lint.rule import object_rule
from mesh.model.graph import Graph
from mesh.model.item import Item
from mesh.model.workloads import Workload, Workloads, labels_in_words
from mesh.model.yaml_values import as_map

_MATCH_LABELS = ("spec", "selector", "matchLabels")
_LABELS = ("spec", "workloadSelector", "labels")
SELECTORS: dict[str, tuple[str, ...]] = {
    "AuthorizationPolicy": _MATCH_LABELS,
    "PeerAuthentication": _MATCH_LABELS,
    "RequestAuthentication": _MATCH_LABELS,
    "Telemetry": _MATCH_LABELS,
    "WasmPlugin": _MATCH_LABELS,
    "ProxyConfig": _MATCH_LABELS,
    "Sidecar": _LABELS,
    "EnvoyFilter": _LABELS,
}
_POLICIES = ("AuthorizationPolicy", "RequestAuthentication", "Telemetry", "WasmPlugin")
# Their selector reaches the pods of their own namespace, also from Istio's root namespace.
_AT_HOME = ("PeerAuthentication", "ProxyConfig", "Sidecar")
_GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name"


def selector_of(item: Item) -> dict[str, Any]:
    """The labels by which a policy selects pods; none for one that holds for all."""
    return as_map(item.get(*SELECTORS[item.kind]))


def targeted(item: Item) -> bool:
    """Whether a policy names what it holds for, as those for waypoints and the Gateway API do."""
    return bool(item.get("spec", "targetRef") or item.get("spec", "targetRefs"))


def reach(graph: Graph, item: Item) -> str | None:
    """The namespace whose pods a policy means; None for those of all."""
    return None if item.namespace == graph.root_namespace and item.kind not in _AT_HOME else item.namespace


@object_rule("IST0127", "IST0101", "KIA0004", severity="warning")
def policies_select_pods(graph: Graph) -> Iterator[Hit]:
    """A policy applies to the pods that its selector matches; if it matches none, it has no effect.

    A DENY policy that selects nothing denies nothing, and no tool of the cluster reports it.
    """
    machines = _machines(graph)
    for item in graph.of_kind(*SELECTORS):
        selector = selector_of(item)
        if not selector or targeted(item) or _GATEWAY_NAME in selector:
            continue
        namespace = reach(graph, item)
        if item.kind == "PeerAuthentication" and item.namespace == graph.root_namespace:
            continue  # Its selector is ignored altogether, which is another rule's to say.
        if not graph.selected(namespace, selector) and not machines.selected(namespace, selector):
            elsewhere = [pod for pod in graph.selected(None, selector) if pod.namespace != namespace]
            remedy = "write the labels of the pod template, in the pods' namespace"
            unseen = not graph.closed and not elsewhere and namespace in _namespaces_of_unseen_pods(graph)
            if elsewhere:
                remedy = f"move it to {elsewhere[0].namespace}, where {elsewhere[0].item.name} has them"
            elif unseen:
                remedy += ", or say the labels of the app there: external: {labels: {...}}"
            severity = "info" if unseen else None
            yield item.hit(SELECTORS[item.kind], _no_pods(graph, item, namespace, selector), remedy, severity=severity)


def _no_pods(graph: Graph, item: Item, namespace: str | None, selector: Mapping[str, Any]) -> str:
    """In a stack, pods may be there that others brought."""
    where = f"in {namespace}" if namespace else "anywhere"
    words = labels_in_words(selector)
    if graph.closed:
        return f"no pods {where} have the labels {words}, so this {item.kind} has no effect"
    return f"no pods of this stack {where} have the labels {words}; unless others do, this {item.kind} has no effect"


def _namespaces_of_unseen_pods(graph: Graph) -> set[str]:
    """Where apps have a Service of which only the name is known."""
    return {
        service.namespace
        for service in graph.services.values()
        if service.brought and not service.get("spec", "selector")
    }


def _machines(graph: Graph) -> Workloads:
    """What runs outside the cluster, which policies select by labels too."""
    kinds = {"WorkloadEntry": ("spec", "labels"), "WorkloadGroup": ("spec", "metadata", "labels")}
    items = graph.all_of_kind(*kinds)
    return Workloads(
        tuple(Workload(item, item.namespace, as_map(item.get(*kinds[item.kind])), {}, {}) for item in items)
    )


@object_rule("webhook")
def selectors_are_exact(graph: Graph) -> Iterator[Hit]:
    """Selectors match whole labels: istiod rejects a * in them, which would select nothing."""
    for item in graph.of_kind(*SELECTORS):
        at = SELECTORS[item.kind]
        for key, value in selector_of(item).items():
            if not key or "*" in str(key) or "*" in str(value):
                message = "a selector has no * and no empty key, so istiod rejects the object"
                yield item.hit((*at, key), message, "write the exact label of the pods")


@object_rule("webhook")
def policies_have_one_target(graph: Graph) -> Iterator[Hit]:
    """A policy has a selector or targetRefs; istiod rejects one with both.

    Gateways and Services are named without a namespace: a policy applies only to those of its own.
    """
    for item in graph.of_kind(*_POLICIES):
        if item.get("spec", "selector") is not None and targeted(item):
            message = "targetRefs is set too, so istiod rejects the policy"
            yield item.hit(("spec", "selector"), message, "remove selector, or targetRefs")
        single = [(("spec", "targetRef"), as_map(item.get("spec", "targetRef")))]
        for path, target in [*(single if single[0][1] else []), *item.maps("spec", "targetRefs")]:
            if target.get("namespace"):
                message = "a target is in the policy's own namespace, so istiod rejects another"
                yield item.hit((*path, "namespace"), message, f"put the policy into {target['namespace']} instead")
