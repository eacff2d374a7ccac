"""Which hosts does a gateway hear, Istio's or Kubernetes' own?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairlead_mesh.model.graph import Graph, full_host
from fairlead_mesh.model.hostnames import covers, patterns
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.virtual_service import gateways, strings


def known_gateways(graph: Graph) -> dict[str, Item]:
    """`namespace/name` -> Gateway, Istio's or Kubernetes'."""
    found = {f"{item.namespace}/{item.name}": item for item in graph.all_of_kind("Gateway")}
    return found | {f"{namespace}/{name}": item for (namespace, name), item in graph.gateways.items()}


def served(gateway: Item, namespace: str) -> frozenset[str]:
    """The hosts that a Gateway serves for VirtualServices of a namespace."""
    listeners = gateway.maps("spec", "listeners")
    if listeners:
        return frozenset(str(listener.get("hostname") or "*") for _, listener in listeners)
    found: set[str] = set()
    for place, _ in gateway.maps("spec", "servers"):
        for _, host in strings(gateway, *place, "hosts"):
            home, slash, name = host.rpartition("/")
            if not slash or home in ("*", namespace) or (home == "." and gateway.namespace == namespace):
                found.add(name)
    return frozenset(found)


def has_hosts(gateway: Item) -> bool:
    """Whether it says which hosts it hears."""
    return bool(
        gateway.maps("spec", "listeners") or any(as_map(one).get("hosts") for _, one in gateway.maps("spec", "servers"))
    )


def takes(served: frozenset[str], host: str, namespace: str) -> bool:
    """Whether one of the hosts that are served is `host` of an object in `namespace`, or shares names with it."""
    names = {host, full_host(host, namespace)}
    if any(pattern in served for name in names for pattern in patterns(name)):
        return True
    return host.startswith("*") and any(covers(host, other) for other in served)


def is_empty(gateway: Item) -> bool:
    """Whether an Istio Gateway has no server at all: no host is served by it."""
    return "istio.io" in str(gateway.manifest.get("apiVersion")) and not gateway.maps("spec", "servers")


def says_hosts(gateway: Item) -> bool:
    """Whether it is known which hosts it serves, none included."""
    return has_hosts(gateway) or is_empty(gateway)


def gateways_of(graph: Graph, labels: Mapping[str, Any]) -> list[Item]:
    """The Istio Gateways that configure pods with these labels."""
    chosen = ((item, as_map(item.get("spec", "selector"))) for item in graph.gateways.values())
    return [item for item, selector in chosen if selector and selector.items() <= labels.items()]


def routed_hosts(graph: Graph, labels: Mapping[str, Any]) -> set[str] | None:
    """The hosts that VirtualServices route at a gateway's pods, those with these labels; None of pods of no Gateway."""
    names = {f"{item.namespace}/{item.name}" for item in gateways_of(graph, labels)}
    bound = (item for item in graph.all_of_kind("VirtualService") if not names.isdisjoint(gateways(item)))
    return {host for item in bound for _, host in strings(item, "spec", "hosts")} if names else None


def hosts_of_gateway(gateway: Item) -> set[str]:
    """Every host that an Istio Gateway serves, for whatever namespace."""
    servers = gateway.maps("spec", "servers")
    return {host.rpartition("/")[2] for place, _ in servers for _, host in strings(gateway, *place, "hosts")}


def ports_of_gateway(gateway: Item) -> set[int]:
    """The ports on which an Istio Gateway's servers listen."""
    numbers = (as_map(server.get("port")).get("number") for _, server in gateway.maps("spec", "servers"))
    return {number for number in numbers if isinstance(number, int)}
