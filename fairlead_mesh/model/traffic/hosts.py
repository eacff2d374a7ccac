"""Which hosts does a mesh know, and who answers there? Services and ServiceEntries with their ports and endpoints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.protocols import parsed, service_protocol
from fairlead_mesh.model.traffic.endpoint import Endpoint, HostPort, address_of

_SLICE_OF = "kubernetes.io/service-name"
_NO_CONNECTIONS = ("UDP", "SCTP")


@dataclass(frozen=True, eq=False)
class Host:
    """A host of a Service or a ServiceEntry."""

    name: str
    item: Item
    ports: tuple[HostPort, ...]

    @property
    def namespace(self) -> str:
        return self.item.namespace

    @property
    def is_entry(self) -> bool:
        return self.item.kind == "ServiceEntry"

    @property
    def is_external(self) -> bool:
        """Whether what is there is outside of the mesh, so that nobody speaks mTLS to it."""
        return self.is_entry and self.item.get("spec", "location") != "MESH_INTERNAL"

    @property
    def is_passed_on(self) -> bool:
        """Whether a sidecar sends to the address that was asked for: a headless Service, or resolution NONE
        (convertResolution in pilot/pkg/networking/core/cluster.go)."""
        if self.is_entry:
            return (self.item.get("spec", "resolution") or "NONE") == "NONE"
        return self.item.get("spec", "clusterIP") == "None"

    @property
    def alias_of(self) -> str:
        """The name that a Service of type ExternalName stands for."""
        named = self.item.get("spec", "externalName") if self.item.get("spec", "type") == "ExternalName" else ""
        return str(named or "").lower().rstrip(".")

    def is_merged_with(self, other: Host) -> bool:
        """Whether proxies know the ports of both by their name (canMergeServices in pilot/pkg/model/sidecar.go)."""
        if self.is_entry != other.is_entry or self.namespace != other.namespace:
            return False
        parts = ("resolution", "exportTo", "workloadSelector")
        return all(self.item.get("spec", each) == other.item.get("spec", each) for each in parts)

    def port(self, number: int) -> HostPort | None:
        return next((port for port in self.ports if port.number == number), None)


class Hosts:
    """All hosts of a mesh by their full names."""

    def __init__(self, graph: Graph):
        self._graph = graph
        self.by_name: dict[str, list[Host]] = defaultdict(list)
        for item in graph.all_of_kind("Service"):
            name = f"{item.name}.{item.namespace}.{CLUSTER_DOMAIN}"
            self.by_name[name].append(Host(name, item, tuple(_service_ports(item))))
        for item in graph.all_of_kind("ServiceEntry"):
            for _, host in item.entries("spec", "hosts"):
                self.by_name[str(host)].append(Host(str(host), item, tuple(_entry_ports(item))))

    def __iter__(self) -> Iterator[Host]:
        return (host for hosts in self.by_name.values() for host in hosts)

    @cached_property
    def aliases(self) -> dict[str, list[Host]]:
        """Name -> the Services of type ExternalName that stand for it."""
        found: dict[str, list[Host]] = defaultdict(list)
        for host in self:
            if host.alias_of:
                found[host.alias_of].append(host)
        return found

    def endpoints(self, host: Host, port: HostPort) -> list[Endpoint]:
        """Who answers at a port; an entry with a Service's name and namespace adds its endpoints to the Service's."""
        found: list[Endpoint] = []
        for each in self.by_name[host.name]:
            own = next((one for one in each.ports if one.name == port.name), None)
            if own and each.namespace == host.namespace:
                found += self._of_entry(each, own) if each.is_entry else self.of_service(each, own)
                selector = as_map(each.item.get("spec", "selector"))
                found += self._machines(each.namespace, selector, own) if selector else []
        return found

    def _machines(self, namespace: str, selector: Mapping[str, Any], port: HostPort) -> list[Endpoint]:
        """What runs outside of the cluster and has the labels too."""
        found = self._graph.machines.selected(namespace, selector)
        return [
            address_of({"address": each.item.name, **each.item.spec, "labels": each.labels}, port) for each in found
        ]

    def of_service(self, host: Host, port: HostPort) -> list[Endpoint]:
        """The pods that Kubernetes itself leads to."""
        selector = as_map(host.item.get("spec", "selector"))
        if not selector:
            return [Endpoint(number, address=address) for address, number in self._listed(host, port)]
        numbers = ((pod, pod.number_of(port.spec)) for pod in self._graph.selected(host.namespace, selector))
        return [Endpoint(number, pod, labels=pod.labels) for pod, number in numbers if number is not None]

    def _listed(self, host: Host, port: HostPort) -> Iterator[tuple[str, int]]:
        """The addresses that Endpoints and EndpointSlices list for a Service without a selector."""
        for item in self._graph.all_of_kind("Endpoints", "EndpointSlice"):
            named = item.labels.get(_SLICE_OF) if item.kind == "EndpointSlice" else item.name
            if (item.namespace, named) != (host.namespace, host.item.name):
                continue
            slices = as_maps(item.manifest.get("subsets")) if item.kind == "Endpoints" else [item.manifest]
            for each in slices:
                ports = [one for one in as_maps(each.get("ports")) if str(one.get("name") or "") == port.name]
                numbers = [number for one in ports if isinstance(number := one.get("port"), int)]
                listed = [one.get("ip") for one in as_maps(each.get("addresses"))]
                sliced = [
                    address for one in as_maps(each.get("endpoints")) for address in as_list(one.get("addresses"))
                ]
                addresses = [*listed, *sliced] if item.kind == "Endpoints" else sliced
                yield from ((str(address), number) for address in addresses for number in numbers)

    def _of_entry(self, host: Host, port: HostPort) -> list[Endpoint]:
        target = port.spec.get("targetPort")
        number = target if isinstance(target, int) else port.number
        if selector := as_map(host.item.get("spec", "workloadSelector", "labels")):
            pods = self._graph.selected(host.namespace, selector)
            chosen = [Endpoint(number, pod, labels=pod.labels) for pod in pods]
            return [*chosen, *self._machines(host.namespace, selector, port)]
        listed = as_maps(host.item.get("spec", "endpoints"))
        resolution = host.item.get("spec", "resolution") or "NONE"
        if resolution == "NONE":
            return [Endpoint(number, is_original=True)]
        if not listed and str(resolution).startswith("DNS"):
            return self._named(host.name, number) or [Endpoint(number, address=host.name)]
        found = [address_of(each, port) for each in listed]
        return [one for each in found for one in self._named(each.address, each.port) or [each]]

    def _named(self, address: str, number: int) -> list[Endpoint]:
        """The pods of a Service whose name an entry has for an address."""
        known = next((each for each in self.by_name.get(address, []) if not each.is_entry), None)
        port = known.port(number) if known else None
        return [replace(each, by_name=True) for each in self.of_service(known, port)] if known and port else []


def _service_ports(item: Item) -> Iterator[HostPort]:
    for _, port in item.maps("spec", "ports"):
        if isinstance(number := port.get("port"), int) and port.get("protocol") not in _NO_CONNECTIONS:
            yield HostPort(number, str(port.get("name", "")), service_protocol(port), port)


def _entry_ports(item: Item) -> Iterator[HostPort]:
    for _, port in item.maps("spec", "ports"):
        if isinstance(number := port.get("number"), int):
            yield HostPort(number, str(port.get("name", "")), parsed(port.get("protocol")), port)
