"""Do the selectors of policies and proxy settings meet pods?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.elsewhere import Elsewhere
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.sidecars import INJECTED_LABELS
from fairlead_mesh.model.pods.workloads import labels_in_words
from fairlead_mesh.model.reach import GATEWAY_NAME, SELECTORS, reach, selector_of, targeted

_POLICIES = ("AuthorizationPolicy", "RequestAuthentication", "Telemetry", "WasmPlugin")


@object_rule("IST0127", "IST0101", "KIA0004", severity="warning")
def policies_select_pods(graph: Graph) -> Iterator[Hit]:
    """A policy applies to the pods that its selector matches; if it matches none, it has no effect.

    A DENY policy that selects nothing denies nothing, and no tool of the cluster reports it.
    """
    unknown = graph.once(Elsewhere)
    for item in graph.of_kind(*SELECTORS):
        whom = reach(graph, item)
        selector, namespace = whom.selector, whom.namespace
        # A selector that is ignored altogether is another rule's to say.
        if not selector or whom.targets or whom.is_ignored or GATEWAY_NAME in selector:
            continue
        if not INJECTED_LABELS.isdisjoint(selector):
            continue
        if not graph.selected(namespace, selector) and not graph.machines.selected(namespace, selector):
            elsewhere = [pod for pod in graph.selected(None, selector) if pod.namespace != namespace]
            remedy = "write the labels of the pod template, in the pods' namespace"
            unseen = not graph.closed and not elsewhere and namespace in _namespaces_of_unseen_pods(graph)
            meant = unknown.pods_by_name(namespace, selector) if namespace and graph.closed else None
            if meant and not elsewhere:
                words = labels_in_words(_meant_labels(selector, meant.labels))
                remedy = f"write {words}, which the pods of {meant.item} have" if words else remedy
            elif elsewhere:
                remedy = f"move it to {elsewhere[0].namespace}, where {elsewhere[0].item.name} has them"
            elif unseen:
                remedy += ", or say the labels of the app there: external: {labels: {...}}"
            severity = (
                "info" if unseen else unknown.missing_pods(namespace, selector) or ("info" if elsewhere else None)
            )
            if severity is None:
                continue
            yield item.hit(SELECTORS[item.kind], _no_pods(graph, item, namespace, selector), remedy, severity=severity)


def _meant_labels(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> dict[str, Any]:
    """The labels of pods by the selector's keys, else those with its values, else all."""
    by_key = {key: labels[key] for key in selector if key in labels}
    by_value = {key: value for key, value in labels.items() if value in selector.values()}
    return by_key or by_value or dict(labels)


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
