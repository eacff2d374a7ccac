"""What does a proxy see of the mesh? Hosts, VirtualServices and DestinationRules, by exportTo and its Sidecar.

Source: pilot/pkg/model/sidecar.go (which Sidecar, what its egress listeners import) in istio/istio.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from fairlead_mesh.model.destination_rules import Client, DestinationRules
from fairlead_mesh.model.graph import Graph, full_host
from fairlead_mesh.model.hostnames import covers
from fairlead_mesh.model.objects.item import Item, age, by_age
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.protocols import parsed
from fairlead_mesh.model.traffic.catalogue import Catalogue
from fairlead_mesh.model.traffic.hosts import Host, HostPort
from fairlead_mesh.model.virtual_service import EVERY_NAMESPACE, seen_from

_NOTHING = "~"
_EXPORT_TO = "networking.istio.io/exportTo"


@dataclass(frozen=True, eq=False)
class Proxy:
    """A sidecar, or the pods of a gateway (which no Sidecar restricts)."""

    catalogue: Catalogue
    rules: DestinationRules
    namespace: str
    labels: Mapping[str, Any]
    service_account: str
    is_gateway: bool = False

    @property
    def graph(self) -> Graph:
        return self.catalogue.graph

    @cached_property
    def sidecar(self) -> Item | None:
        """The Sidecar that holds for it: by labels, then its namespace's, then the root namespace's."""
        if self.is_gateway:
            return None
        own = self.catalogue.sidecars.get(self.namespace, [])
        selecting = [item for item in own if (selector := _selector(item)) and selector.items() <= self.labels.items()]
        plain = [item for item in own if not _selector(item)]
        root = [item for item in self.catalogue.sidecars.get(self.graph.root_namespace, []) if not _selector(item)]
        return next(iter([*selecting, *plain, *root]), None)

    @cached_property
    def allows_any(self) -> bool:
        """Whether what nobody declared is passed on as it is: outboundTrafficPolicy ALLOW_ANY."""
        own = as_map(self.sidecar.get("spec", "outboundTrafficPolicy")).get("mode") if self.sidecar else None
        mesh = as_map((self.graph.mesh_config or {}).get("outboundTrafficPolicy")).get("mode")
        return (own or mesh or "ALLOW_ANY") != "REGISTRY_ONLY"

    def imports(self, port: int) -> _Imports | None:
        """What the egress listener for a port imports; None where it is everything."""
        listeners = as_maps(self.sidecar.get("spec", "egress")) if self.sidecar else []
        if not listeners:
            return None
        exact = [each for each in listeners if as_map(each.get("port")).get("number") == port]
        rest = [each for each in listeners if not each.get("port")]
        return _Imports.of([str(host) for each in exact or rest for host in as_list(each.get("hosts"))], self.namespace)

    def reads(self, port: HostPort) -> HostPort:
        """A port of hosts as it is read: an egress listener of its own says the protocol for all of them
        (buildSidecarOutboundListeners in listener.go)."""
        listeners = as_maps(self.sidecar.get("spec", "egress")) if self.sidecar else []
        ports = (as_map(each.get("port")) for each in listeners)
        said = next((parsed(each.get("protocol")) for each in ports if each.get("number") == port.number), None)
        return replace(port, protocol=said) if said else port

    def sees(self, host: Host, port: int) -> bool:
        """Whether it knows a host at a port: of several with one name, those that it chooses."""
        return self._imports(host, port) and self._chooses(host)

    def _chooses(self, host: Host) -> bool:
        namesakes = self.catalogue.named(host.name)
        return len(namesakes) == 1 or host in self.known(namesakes)

    def _imports(self, host: Host, port: int) -> bool:
        if not _reaches(_exported(host.item, self.graph), self.namespace):
            return False
        imports = self.imports(port)
        return imports is None or imports.takes(host.namespace, host.name)

    def knows(self, host: Host) -> bool:
        """Whether a cluster for it exists: seen at one of its ports, or a VirtualService that is seen sends there."""
        return any(self._imports(host, port.number) for port in host.ports) or host.name in self._destinations

    def known(self, namesakes: Sequence[Host]) -> list[Host]:
        """Of hosts with one name those that it knows, of one namespace, a Service before entries: its own, else where a
        Service is, else that of the oldest (selectServices and appendSidecarServices in pilot/pkg/model/sidecar.go)."""
        known = [host for host in namesakes if self.knows(host)]
        ages = {item: place for place, item in enumerate(by_age(each.item for each in known))}
        listed = sorted(known, key=lambda each: (each.namespace != self.namespace, each.is_entry, ages[each.item]))
        return [each for each in listed if each.is_merged_with(listed[0])]

    @cached_property
    def _destinations(self) -> frozenset[str]:
        found = (item for item in self.graph.all_of_kind("VirtualService") if self.imports_virtual_service(item, None))
        return frozenset(name for item in found for name in _destinations(item))

    def virtual_services(self, gateway: str, port: int | None = None) -> list[Item]:
        """Those that hold for it at a gateway (`mesh` for sidecars), in the order in which they count."""
        bound = self.catalogue.virtual_services.get(gateway, ())
        return sorted((item for item in bound if self.imports_virtual_service(item, port)), key=self.rank)

    def rank(self, item: Item) -> tuple[int, tuple[str, str, str]]:
        """The place of a VirtualService among others: those of its own namespace that are exported to no more than
        some, those that others export to it, those of everybody, each by their age (SelectVirtualServices and
        VirtualServicesForGateway in pilot/pkg/model)."""
        exported = seen_from(item, self.graph.mesh_config, "defaultVirtualServiceExportTo")
        group = 2 if EVERY_NAMESPACE in exported else int(item.namespace != self.namespace)
        return group, age(item)

    def imports_virtual_service(self, item: Item, port: int | None) -> bool:
        """Whether a VirtualService holds for it; with a port, for what it sends there."""
        exported = seen_from(item, self.graph.mesh_config, "defaultVirtualServiceExportTo")
        if not _reaches(exported, self.namespace):
            return False
        if self.sidecar is None or port is None:
            return True
        imports = self.imports(port)
        hosts = [full_host(str(host), item.namespace) for _, host in item.entries("spec", "hosts")]
        return imports is None or any(imports.shares(item.namespace, host) for host in hosts)

    def destination_rules(self, host: Host) -> list[Item]:
        """The DestinationRules that it follows for a host, which are read as one."""
        return self.rules.of(host.name, host.namespace, Client(self.namespace, self.labels))


def _selector(item: Item) -> dict[str, Any]:
    return as_map(item.get("spec", "workloadSelector", "labels"))


@dataclass(frozen=True)
class _Imports:
    """(namespace, host) patterns of a listener, and those that it leaves out (convertIstioListenerToWrapper)."""

    taken: tuple[tuple[str, str], ...]
    left_out: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, listed: list[str], namespace: str) -> _Imports:
        """What `namespace/host` texts of a Sidecar of this namespace import; `~` before the namespace leaves out."""
        pairs = [text.rpartition("/")[::2] for text in listed]
        given = [(space.startswith(_NOTHING), space.removeprefix(_NOTHING) or "*", name) for space, name in pairs]
        found = [(out, (namespace if space == "." else space, name)) for out, space, name in given]
        return cls(tuple(pair for out, pair in found if not out), tuple(pair for out, pair in found if out))

    def takes(self, namespace: str, host: str) -> bool:
        """Whether a Service or an entry of a namespace is imported."""
        return _has(self.taken, namespace, host, covers) and not _has(self.left_out, namespace, host, covers)

    def shares(self, namespace: str, host: str) -> bool:
        """Whether a VirtualService for a host is, which may name more or less than a pattern."""
        return _has(self.taken, namespace, host, _share) and not _has(self.left_out, namespace, host, covers)


def _has(pairs: Iterable[tuple[str, str]], namespace: str, host: str, fits: Callable[[str, str], bool]) -> bool:
    return any(space in ("*", namespace) and fits(name, host) for space, name in pairs)


def _exported(item: Item, graph: Graph) -> set[str]:
    """To which namespaces a Service, by its annotation, or a ServiceEntry is exported."""
    listed = [each.strip() for each in str(item.annotations.get(_EXPORT_TO, "")).split(",") if each.strip()]
    if item.kind == "Service" and listed:
        return {item.namespace if each == "." else each for each in listed}
    return seen_from(item, graph.mesh_config, "defaultServiceExportTo")


def _reaches(exported: set[str], namespace: str) -> bool:
    return bool(exported & {EVERY_NAMESPACE, namespace})


def _share(one: str, other: str) -> bool:
    return one == other or covers(one, other) or covers(other, one)


def _destinations(item: Item) -> Iterator[str]:
    for protocol in ("http", "tls", "tcp"):
        for place, _ in item.maps("spec", protocol):
            for _, share in item.maps(*place, "route"):
                yield full_host(str(as_map(share.get("destination")).get("host") or ""), item.namespace)
