"""Are the subsets of a DestinationRule parts of its host? Their names, and the labels that tell their pods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.clients import Clients
from fairlead_mesh.model.destination_rules import Subset, host_of, placed_subsets
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN, is_label
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.sidecars import INJECTED_LABELS
from fairlead_mesh.model.pods.workloads import labels_in_words, service_selector
from fairlead_mesh.model.traffic_policy import destination_rules
from fairlead_mesh.model.virtual_service import destinations

_REFUSED = "istiod's webhook rejects the whole DestinationRule"


@object_rule("webhook")
def subset_names_are_unique(graph: Graph) -> Iterator[Hit]:
    """A subset's name is a DNS label and unique in its DestinationRule: otherwise istiod rejects it."""
    for item in destination_rules(graph):
        seen: set[str] = set()
        for place, subset in placed_subsets(item):
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
        subsets = placed_subsets(item)
        for place, subset in subsets if any(subset.get("labels") for _, subset in subsets) else ():
            if not subset.get("labels") and not subset.get("trafficPolicy"):
                where = (*place, "name") if "name" in subset else place
                message = "it has no labels, so its requests go to the pods of every version"
                yield item.hit(where, message, "add labels that only its pods have")


@object_rule("IST0173", "KIA0203")
def subsets_select_pods(graph: Graph) -> Iterator[Hit]:
    """A subset's labels match a pod of its Service; requests to a subset without pods get 503 (flag UH)."""
    routed = _routed(graph)
    for item in destination_rules(graph):
        own = graph.service(host_of(item), "") if host_of(item).endswith(f".{CLUSTER_DOMAIN}") else None
        for place, subset in placed_subsets(item):
            meant = Subset(str(subset.get("name")), item, place, subset)
            services = routed.get((item, meant.name), [])
            asked = services if own is None or own in services else [own, *services]
            empty = (_empty(graph, meant, service, is_routed=service in services) for service in asked)
            found = [hit for hit in empty if hit][:1]
            yield from found
            if found and not graph.pods.all:
                break


def _empty(graph: Graph, subset: Subset, service: Item, *, is_routed: bool) -> Hit | None:
    """That no pod of a Service is in a subset, as far as pods are known."""
    pods = graph.pods_of(service)
    if (
        not service.get("spec", "selector")
        or (not pods and not graph.closed)
        or graph.machines.all
        or subset.pods(graph, service)
    ):
        return None
    asked = subset.asked_of_pods
    if not INJECTED_LABELS.isdisjoint(asked):
        return None
    if graph.closed and not graph.workloads.get(service.namespace):
        # Files without pods are more often half of what is there than all of it, and routes name the subsets then.
        message = f"no pods are known here: without one with {labels_in_words(asked)} requests for this subset get 503"
        remedy = "check the pods too, or add these labels to them"
        at = (*subset.path, "labels")
        return (
            None
            if graph.pods.all or graph.all_of_kind("VirtualService")
            else subset.rule.hit(at, message, remedy, severity="info")
        )
    severity = graph.missing if is_routed else "info"
    values = sorted({str(pod.labels[key]) for pod in pods for key in asked if key in pod.labels})
    remedy = f"use a label that its pods have (now {', '.join(values)})" if values else "add these labels to the pods"
    remedy = _of_pods_apart(graph, asked, service) or remedy
    message = f"no pod of {service} has the labels {labels_in_words(asked)}: requests for it get 503"
    return subset.rule.hit((*subset.path, "labels"), message, remedy, severity=severity)


def _of_pods_apart(graph: Graph, asked: Mapping[str, Any], service: Item) -> str:
    """What to do where pods have a subset's labels, and not all those that their Service selects."""
    wanted = service_selector(service)
    for pod in graph.selected(service.namespace, asked):
        lacking = {key: value for key, value in wanted.items() if pod.labels.get(key) != value}
        if len(lacking) < len(wanted):
            return f"add {labels_in_words(lacking)} to the pods of {pod.item}, which the Service selects by"
    return ""


def _routed(graph: Graph) -> dict[tuple[Item, str], list[Item]]:
    """(DestinationRule, subset) -> the Services whose requests a VirtualService routes to it, for some client."""
    clients = graph.once(Clients)
    found: dict[tuple[Item, str], list[Item]] = defaultdict(list)
    for each in (each for item in graph.all_of_kind("VirtualService") for each in destinations(item) if each.subset):
        if service := graph.service(each.full_host, ""):
            rules = {known[each.subset].rule for _, known in clients.subsets(each) if each.subset in known}
            for rule in rules:
                found[rule, each.subset].append(service)
    return found
