"""Which clients do rules name? By namespace, account and labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.traffic.http_routes import http_routes

_IDENTITY = re.compile(r"ns/([^/*]+)(?:/sa/([^/*]+))?")


@dataclass(frozen=True)
class Client:
    """What is said of a client: its namespace, its account or its labels, as far as anybody asks for them."""

    namespace: str = ""
    account: str = ""
    labels: tuple[tuple[str, str], ...] = ()


def named_by_policy(policy: Item) -> Iterator[Client]:
    """The clients that an AuthorizationPolicy names."""
    for _, rule in policy.maps("spec", "rules"):
        for source in (as_map(each.get("source")) for each in as_maps(rule.get("from"))):
            yield from _named(source, policy.namespace)
        for when in as_maps(rule.get("when")):
            values = [str(each) for key in ("values", "notValues") for each in as_list(when.get(key))]
            if when.get("key") == "source.namespace":
                yield from (Client(each) for each in values if "*" not in each)
            elif when.get("key") == "source.principal":
                yield from (each for value in values for each in _of_principal(value))


def _named(source: dict[str, Any], home: str) -> Iterator[Client]:
    for field in ("namespaces", "notNamespaces"):
        yield from (Client(str(each)) for each in as_list(source.get(field)) if "*" not in str(each))
    for field in ("principals", "notPrincipals"):
        yield from (each for value in as_list(source.get(field)) for each in _of_principal(str(value)))
    for field in ("serviceAccounts", "notServiceAccounts"):
        for value in as_list(source.get(field)):
            namespace, _, account = str(value).rpartition("/")
            yield Client(namespace or home, account)


def _of_principal(text: str) -> Iterator[Client]:
    if found := _IDENTITY.search(text):
        yield Client(found[1], found[2] or "")


def named_by_routes(item: Item, graph: Graph) -> Iterator[Client]:
    """The clients that matches of a VirtualService name."""
    connections = (route for protocol in ("tls", "tcp") for _, route in item.maps("spec", protocol))
    listed = [as_maps(route.get("match")) for route in connections]
    for matches in (*(route.matches for route in http_routes(item, graph)), *listed):
        for match in matches:
            labels = tuple(sorted((str(key), str(value)) for key, value in as_map(match.get("sourceLabels")).items()))
            space = str(match.get("sourceNamespace") or "")
            if labels or space:
                yield Client(space or (item.namespace if labels else ""), "", labels)


def selected_by_rules(graph: Graph) -> Iterator[Client]:
    """The clients that DestinationRules select, each kind once."""
    for rule in graph.all_of_kind("DestinationRule"):
        if selector := as_map(rule.get("spec", "workloadSelector", "matchLabels")):
            yield Client(rule.namespace, "", tuple(sorted((str(key), str(value)) for key, value in selector.items())))


def is_client(pod: Workload, client: Client) -> bool:
    """Whether pods are what is said of a client."""
    account = client.account in ("", pod.service_account)
    return account and client.namespace in ("", pod.namespace) and dict(client.labels).items() <= pod.labels.items()
