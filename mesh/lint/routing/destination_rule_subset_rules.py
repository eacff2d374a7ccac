"""Are the subsets of a DestinationRule parts of its host? Their names, and the labels that tell their pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mesh.findings import Hit
from mesh.lint.rule import object_rule
from mesh.model.graph import Graph, full_host, service_key
from mesh.model.hostnames import CLUSTER_DOMAIN, is_label
from mesh.model.item import Item
from mesh.model.traffic_policy import destination_rules
from mesh.model.virtual_service import destinations
from mesh.model.yaml_values import as_map

_REFUSED = "istiod's webhook rejects the whole DestinationRule"
_FROM_THE_NODE = ("topology.", "failure-domain.", "kubernetes.io/hostname")


@object_rule("webhook")
def subset_names_are_unique(graph: Graph) -> Iterator[Hit]:
    """A subset's name is a DNS label and unique in its DestinationRule: otherwise istiod rejects it."""
    for item in destination_rules(graph):
        seen: set[str] = set()
        for place, subset in item.maps("spec", "subsets"):
            name = subset.get("name")
            if not isinstance(name, str) or not is_label(name):
                where = (*place, "name") if "name" in subset else place
                yield item.hit(where, f"not a DNS label; {_REFUSED}", "write letters, digits and '-', such as v2")
            elif name in seen:
                message = f"subset {name} is defined twice; {_REFUSED}"
                yield item.hit((*place, "name"), message, "rename one of them, or remove it")
            else:
                seen.add(name)


@object_rule("KIA0209", severity="warning")
def subsets_have_labels(graph: Graph) -> Iterator[Hit]:
    """A subset without labels contains every pod of the host, those of the other subsets included."""
    for item in destination_rules(graph):
        subsets = item.maps("spec", "subsets")
        for place, subset in subsets if any(subset.get("labels") for _, subset in subsets) else ():
            if not subset.get("labels") and not subset.get("trafficPolicy"):
                where = (*place, "name") if "name" in subset else place
                message = "it has no labels, so its requests go to the pods of every version"
                yield item.hit(where, message, "add labels that only its pods have")


@object_rule("IST0173", "KIA0203")
def subsets_select_pods(graph: Graph) -> Iterator[Hit]:
    """A subset's labels match a pod of its Service; requests to a subset without pods get 503 (flag UH)."""
    routed = {
        (each.full_host, each.subset) for item in graph.all_of_kind("VirtualService") for each in destinations(item)
    }
    for item in destination_rules(graph):
        service = graph.services.get(_service_of(item) or ("", ""))
        selector = as_map(service.get("spec", "selector")) if service else {}
        if service is None or not selector or graph.all_of_kind("WorkloadEntry", "WorkloadGroup"):
            continue
        pods = graph.selected(service.namespace, selector)
        if not pods and not graph.closed:
            continue
        # Files without any pods are more often half of what is there than all of it.
        known = bool(graph.workloads.get(service.namespace))
        host = f"{service.name}.{service.namespace}.{CLUSTER_DOMAIN}"
        for place, subset in item.maps("spec", "subsets"):
            labels = _labels_of_pods(as_map(subset.get("labels")))
            if not any(labels.items() <= pod.labels.items() for pod in pods):
                asked = ", ".join(f"{key}: {value}" for key, value in labels.items())
                message = f"no pod of {service} has the labels {asked}: requests for it get 503"
                values = sorted({str(pod.labels[key]) for pod in pods for key in labels if key in pod.labels})
                remedy = (
                    f"use a label that its pods have (now {', '.join(values)})"
                    if values
                    else "add these labels to the pods"
                )
                severity = graph.missing if known and (host, str(subset.get("name"))) in routed else "warning"
                yield item.hit((*place, "labels"), message, remedy, severity=severity)


def _service_of(item: Item) -> tuple[str, str] | None:
    whole = full_host(str(item.get("spec", "host") or ""), item.namespace)
    return service_key(whole, item.namespace) if whole.endswith(f".{CLUSTER_DOMAIN}") else None


def _labels_of_pods(labels: Mapping[str, Any]) -> dict[str, Any]:
    """Without those that istiod takes from a pod's node, which are there only if they say something."""
    return {key: value for key, value in labels.items() if value == "" or not str(key).startswith(_FROM_THE_NODE)}
