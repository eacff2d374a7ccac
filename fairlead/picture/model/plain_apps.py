"""What runs in the mesh that no VirtualService leads to? Services, pods without one, and hosts outside of the mesh."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.picture.model.apps import routed_services
from fairlead.picture.model.entrances import Entrances
from fairlead.picture.model.model import App, Badge, Tone, Version
from fairlead.picture.model.policies import Policies, client_badges
from fairlead.picture.model.sources import Sources
from fairlead.picture.model.versions import Versions, workload_in_words
from fairlead_mesh.model.graph import full_host
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map

_OPEN_TYPES = ("NodePort", "LoadBalancer")


def plain_apps(sources: Sources, versions: Versions, entrances: Entrances, policies: Policies) -> Iterator[App]:
    """Services without routing, then pods without a Service; gateways and addons are drawn elsewhere."""
    graph, routed = sources.graph, set(routed_services(sources))
    of_gateways = {service for workload in entrances.workloads for service in graph.services_of.get(workload, ())}
    elsewhere = of_gateways | sources.addon_items
    for key, service in sorted(graph.services.items()):
        if key not in routed and service not in elsewhere:
            yield _app_of_service(service, sources, versions, policies)
    for workload in graph.pods.all:
        lonely = workload not in graph.services_of and workload not in entrances.workloads
        if lonely and workload.item not in elsewhere:
            numbers = sources.numbers([workload.item])
            pods = Version(workload.item.name, "pods", (workload_in_words(workload),), numbers)
            badges = tuple(policies.pods.get(workload, ()))
            yield App(workload.item.name, workload.namespace, (), (pods,), badges, "no Service selects it", numbers)


def _app_of_service(service: Item, sources: Sources, versions: Versions, policies: Policies) -> App:
    workloads, version = versions.plain(service)
    host = full_host(service.name, service.namespace)
    rules = versions.rules(host)
    found = [
        *_open(service, sources),
        *policies.services.get((service.namespace, service.name), ()),
        *client_badges(rules, sources),
        *(badge for workload in workloads for badge in policies.pods.get(workload, ())),
    ]
    numbers = dict.fromkeys([*version.objects, *sources.numbers(rules)])
    note = f"no route: {', '.join(_ports(service)) or 'no port'}, balanced over its pods"
    return App(service.name, service.namespace, (), (version,), tuple(dict.fromkeys(found)), note, tuple(numbers))


def _open(service: Item, sources: Sources) -> Iterator[Badge]:
    kind = service.get("spec", "type")
    if kind in _OPEN_TYPES:
        yield Badge(f"open by {kind}", Tone.WARN, sources.numbers([service]))


def _ports(service: Item) -> Iterator[str]:
    for _, port in service.maps("spec", "ports"):
        yield f"port {port.get('port', '?')}"


def outside_apps(sources: Sources) -> Iterator[App]:
    """The hosts that ServiceEntries make known to the mesh."""
    items = sources.graph.all_of_kind("ServiceEntry")
    for item in sorted(items, key=lambda each: (each.namespace, each.name)):
        numbers = sources.numbers([item])
        ports = [as_map(port) for _, port in item.maps("spec", "ports")]
        listed = ", ".join(f"{port.get('number', '?')} {port.get('protocol', '')}".strip() for port in ports)
        place = "inside the mesh" if item.get("spec", "location") == "MESH_INTERNAL" else "outside the mesh"
        found = (f"resolution {item.get('spec', 'resolution') or 'NONE'}", *_endpoints(item))
        hosts = [str(host) for _, host in item.entries("spec", "hosts")]
        versions = tuple(Version(host, place, found, numbers) for host in hosts)
        yield App(item.name, item.namespace, (), versions, (), f"ServiceEntry: {listed or 'no port'}", numbers)


def _endpoints(item: Item) -> Iterator[str]:
    endpoints = [str(endpoint.get("address", "?")) for _, endpoint in item.maps("spec", "endpoints")]
    if endpoints:
        yield f"endpoints {', '.join(endpoints)}"
