"""Which hosts does a mesh know, and who answers there? Services and ServiceEntries with their ports and endpoints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mesh.model.graph import Graph
from mesh.model.hostnames import CLUSTER_DOMAIN
from mesh.model.item import Item
from mesh.model.protocols import HTTP, TLS, parsed, service_protocol
from mesh.model.workloads import Workload
from mesh.model.yaml_values import as_map, as_maps


@dataclass(frozen=True, eq=False)
class HostPort:
    """A port of a host: `protocol` is Istio's word for it, None where Envoy has to guess; `spec` is the object's."""

    number: int
    name: str
    protocol: str | None
    spec: Mapping[str, Any]

    @property
    def is_http(self) -> bool:
        return self.protocol in HTTP

    @property
    def is_tls(self) -> bool:
        return self.protocol in TLS


@dataclass(frozen=True, eq=False)
class Endpoint:
    """Who answers at a port: pods of this mesh, a machine of it, or an address outside of what it runs."""

    port: int
    workload: Workload | None = None
    address: str = ""
    labels: Mapping[str, Any] | None = None
    is_original: bool = False
    """The address that the caller connected to, whatever it is (resolution NONE)."""


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

    def endpoints(self, host: Host, port: HostPort) -> list[Endpoint]:
        """Who answers at a port; an entry with a Service's name adds its endpoints to the Service's."""
        found: list[Endpoint] = []
        for each in self.by_name[host.name]:
            own = each.port(port.number)
            if own:
                found += self._of_entry(each, own) if each.is_entry else self.of_service(each, own)
                if not each.is_entry:
                    found += self._machines(each, as_map(each.item.get("spec", "selector")), own.spec)
        return found

    def of_service(self, host: Host, port: HostPort) -> list[Endpoint]:
        """The pods that Kubernetes itself leads to."""
        selector = as_map(host.item.get("spec", "selector"))
        pods = self._graph.selected(host.namespace, selector) if selector else []
        numbers = ((pod, pod.number_of(port.spec)) for pod in pods)
        return [Endpoint(number, pod, labels=pod.labels) for pod, number in numbers if number is not None]

    def _machines(self, host: Host, selector: Mapping[str, Any], spec: Mapping[str, Any]) -> list[Endpoint]:
        """What runs outside of the cluster and has the labels too."""
        machines = self._graph.machines.selected(host.namespace, selector) if selector else []
        port = _number(spec.get("targetPort"), _number(spec.get("port"), _number(spec.get("number"), 0)))
        return [
            Endpoint(port, address=str(each.item.get("spec", "address") or each.item.name), labels=each.labels)
            for each in machines
        ]

    def _of_entry(self, host: Host, port: HostPort) -> list[Endpoint]:
        target = port.spec.get("targetPort")
        number = target if isinstance(target, int) else port.number
        if selector := as_map(host.item.get("spec", "workloadSelector", "labels")):
            pods = self._graph.selected(host.namespace, selector)
            found = [Endpoint(number, pod, labels=pod.labels) for pod in pods]
            return [*found, *self._machines(host, selector, port.spec)]
        listed = as_maps(host.item.get("spec", "endpoints"))
        resolution = host.item.get("spec", "resolution") or "NONE"
        if resolution == "NONE":
            return [Endpoint(number, is_original=True)]
        if not listed and str(resolution).startswith("DNS"):
            return [Endpoint(number, address=host.name)]
        return [
            Endpoint(_number(as_map(each.get("ports")).get(port.name), number), address=str(each.get("address", "")),
                     labels=as_map(each.get("labels")))
            for each in listed
        ]  # fmt: skip


def _number(value: Any, default: int) -> int:
    return value if isinstance(value, int) else default


def _service_ports(item: Item) -> Iterator[HostPort]:
    for _, port in item.maps("spec", "ports"):
        if isinstance(number := port.get("port"), int):
            yield HostPort(number, str(port.get("name", "")), service_protocol(port), port)


def _entry_ports(item: Item) -> Iterator[HostPort]:
    for _, port in item.maps("spec", "ports"):
        if isinstance(number := port.get("number"), int):
            yield HostPort(number, str(port.get("name", "")), parsed(port.get("protocol")), port)
