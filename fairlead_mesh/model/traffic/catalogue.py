"""Which objects does a proxy look at for a host? Indexes over a mesh, made once, so that nobody walks through all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from fairlead_mesh.model.graph import Graph, full_host
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN, patterns
from fairlead_mesh.model.objects.item import Item, by_age
from fairlead_mesh.model.objects.yaml_values import as_list
from fairlead_mesh.model.traffic.hosts import Host, HostPort, Hosts
from fairlead_mesh.model.virtual_service import MESH, gateways


class Catalogue:
    """The objects of a mesh by what asks for them, the oldest first."""

    def __init__(self, graph: Graph, hosts: Hosts):
        self.graph, self._hosts = graph, hosts

    @cached_property
    def virtual_services(self) -> dict[str, list[Item]]:
        """Gateway (`mesh` for sidecars) -> VirtualServices with hosts that are bound to it."""
        found: dict[str, list[Item]] = defaultdict(list)
        for item in by_age(self.graph.all_of_kind("VirtualService")):
            for gateway in dict.fromkeys(gateways(item)) if item.entries("spec", "hosts") else ():
                found[gateway].append(item)
        return found

    @cached_property
    def inside(self) -> dict[str, list[tuple[str, Item]]]:
        """Host in small letters -> (host, VirtualService) of those that sidecars know."""
        found: dict[str, list[tuple[str, Item]]] = defaultdict(list)
        for item in self.virtual_services.get(MESH, ()):
            for host in dict.fromkeys(
                full_host(str(each), item.namespace) for _, each in item.entries("spec", "hosts")
            ):
                found[host.lower()].append((host, item))
        return found

    @cached_property
    def sidecars(self) -> dict[str, list[Item]]:
        """Namespace -> Sidecars there."""
        found: dict[str, list[Item]] = defaultdict(list)
        for item in by_age(self.graph.all_of_kind("Sidecar")):
            found[item.namespace].append(item)
        return found

    def named(self, name: str) -> list[Host]:
        """The hosts of a name: a Service, and entries."""
        return self._hosts.by_name[name]

    @cached_property
    def at_port(self) -> dict[int, list[tuple[Host, HostPort]]]:
        """Port -> the hosts that have it."""
        found: dict[int, list[tuple[Host, HostPort]]] = defaultdict(list)
        for host in self._hosts:
            for number in dict.fromkeys(port.number for port in host.ports):
                if port := host.port(number):
                    found[number].append((host, port))
        return found

    @cached_property
    def domains(self) -> dict[str, list[tuple[str, Host]]]:
        """Host header -> (namespace of those who may say it so, or nothing, host)."""
        found: dict[str, list[tuple[str, Host]]] = defaultdict(list)
        for host in self._hosts:
            for each in (host, *self._hosts.aliases.get(host.name, ())):
                for domain, namespace in _domains(each):
                    found[domain].append((namespace, host))
        return found

    @cached_property
    def under(self) -> dict[str, list[Host]]:
        """Host or wildcard -> the hosts that it takes."""
        found: dict[str, list[Host]] = defaultdict(list)
        for host in self._hosts:
            for pattern in patterns(host.name):
                found[pattern].append(host)
        return found


def names_of(host: Host, namespace: str) -> list[str]:
    """The names by which clients of a namespace may call a host."""
    return [name for name, home in _domains(host) if home in ("", namespace) and "*" not in name]


def _domains(host: Host) -> Iterator[tuple[str, str]]:
    """The Host headers that mean a host, with those of the pods of a headless Service (generateVirtualHostDomains)."""
    names = [(host.name.lower(), ""), (f"{host.name.lower()}.", "")]
    if not host.is_entry and host.name.endswith(CLUSTER_DOMAIN):
        short = f"{host.item.name}.{host.namespace}"
        names += [(short, ""), (f"{short}.svc", ""), (host.item.name, host.namespace)]
    yield from names
    if host.is_passed_on and not host.is_entry:
        yield from ((f"*.{name}", namespace) for name, namespace in names)
    addresses = as_list(host.item.get("spec", "addresses")) if host.is_entry else [host.item.get("spec", "clusterIP")]
    yield from ((str(each), "") for each in addresses if each and each != "None")
