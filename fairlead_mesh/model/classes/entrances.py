"""Where can requests come from, and to which hosts? Through each gateway, and from clients that a mesh tells apart.

Of the hosts that a wildcard takes, and of those that nobody names, one stands for all: `host_headers.py` says which
others mean the same, and where a rule tells them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from fairlead_mesh.model.classes.callers import Callers
from fairlead_mesh.model.classes.host_headers import EVERY, UNNAMED
from fairlead_mesh.model.gateways.gateway_routes import bound_hosts
from fairlead_mesh.model.gateways.gateway_servers import Server, bound, servers
from fairlead_mesh.model.graph import full_host
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.pods.sidecars import is_gateway
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.requests.request import INTERNET, OUTSIDE, Request, request
from fairlead_mesh.model.traffic.balancer_traffic import is_open
from fairlead_mesh.model.traffic.mesh import Mesh
from fairlead_mesh.model.virtual_service import MESH, gateways, strings

_SCHEMES = {"HTTP": "http", "HTTP2": "http", "GRPC": "http", "HTTPS": "https", "TLS": "https",
            "TCP": "tcp", "MONGO": "tcp", "MYSQL": "tcp", "REDIS": "tcp"}  # fmt: skip
_USUAL = {"http": 80, "https": 443}
_DNS_FIRST = "any"
_CERTIFIED = ("MUTUAL", "OPTIONAL_MUTUAL")

Concerns = Callable[[str, str], bool]
"""Whether a host through a gateway's Service (`namespace/name`; empty inside of the mesh) has to be asked about."""


def entrances(meshes: Sequence[Mesh], concerns: Concerns = lambda _gateway, _host: True) -> list[Request]:
    """One request for each way in and host, each once: those from outside first."""
    found = [*_from_outside(meshes, concerns), *_inside(meshes, concerns)]
    return list({(each.caller, each.gateway, each.scheme, each.to, each.authority, each.port,
                  each.client_certificate): each for each in found}.values())  # fmt: skip


class _Door(NamedTuple):
    """A port of a gateway's Service, by what is spoken there; `caller` is who reaches it."""

    gateway: str
    scheme: str
    port: int
    caller: str
    to: str
    certificate: str


def _from_outside(meshes: Sequence[Mesh], concerns: Concerns) -> Iterator[Request]:
    doors: dict[_Door, dict[str, None]] = {}
    for mesh in meshes:
        for door, pod, target in _doors(mesh):
            doors.setdefault(door, {}).update(dict.fromkeys(_hosts_at(mesh, pod, target, door)))
    for door, names in doors.items():
        for host in sorted(_with_strangers({**names, EVERY: None})):
            if concerns(door.gateway, host):
                yield _through(door, host)


def _doors(mesh: Mesh) -> Iterator[tuple[_Door, Workload, int]]:
    for service in mesh.graph.services.values():
        selector = as_map(service.get("spec", "selector"))
        pods = mesh.graph.selected(service.namespace, selector) if selector else []
        if not pods or not is_gateway(pods[0]):
            continue
        name, to = f"{service.namespace}/{service.name}", f"{service.name}.{service.namespace}.svc.cluster.local"
        caller = INTERNET if is_open(service) else OUTSIDE
        for _, port in service.maps("spec", "ports"):
            number, target = port.get("port"), pods[0].number_of(port)
            if isinstance(number, int) and target is not None:
                for scheme, certificate in _spoken(servers(mesh, pods[0], target)):
                    yield _Door(name, scheme, number, caller, to, certificate), pods[0], target


def _spoken(listed: Iterable[Server]) -> list[tuple[str, str]]:
    """What clients speak to servers, and with which certificate."""
    named = [(_SCHEMES[each.protocol], each) for each in listed if each.protocol in _SCHEMES]
    certified = {(scheme, "client") for scheme, each in named if each.mode in _CERTIFIED}
    return sorted({*((scheme, "") for scheme, _ in named), *certified})


def _hosts_at(mesh: Mesh, workload: Workload, port: int, door: _Door) -> Iterator[str]:
    listed = [each for each in servers(mesh, workload, port) if _SCHEMES.get(each.protocol) == door.scheme]
    for server in listed:
        yield from (name for _, name in server.hosts)
        for item in bound(mesh.proxy(workload), server) if server.is_passed_through else ():
            yield from server_names(item)
    yield from bound_hosts(mesh, workload, listed)


def server_names(item: Item) -> Iterator[str]:
    """The server names that TLS routes of a VirtualService ask for."""
    for _, route in item.maps("spec", "tls"):
        yield from (str(name) for match in as_maps(route.get("match")) for name in as_list(match.get("sniHosts")))


def _through(door: _Door, host: str) -> Request:
    one = _request(door.caller, door.scheme, door.port, host, door.gateway)
    to = one.to if door.caller == INTERNET else door.to
    return one.changed(to=to, client_certificate=door.certificate)


def _with_strangers(names: Iterable[str]) -> set[str]:
    """Each host and, for each wildcard, one that no rule names."""
    known = set(names)
    return {_sample(each, known) if "*" in each else each for each in known}


def _sample(pattern: str, names: set[str]) -> str:
    first = next(each for each in (_DNS_FIRST, "other", "x9") if pattern.replace("*", each, 1) not in names)
    return UNNAMED if pattern == EVERY else pattern.replace("*", first, 1)


def _inside(meshes: Sequence[Mesh], concerns: Concerns) -> Iterator[Request]:
    callers = Callers(meshes)
    ways = _hosts_inside(meshes)
    names = {host for host, _, _ in ways}
    for (host, port, scheme), namespace in ways.items():
        if concerns("", UNNAMED if host == EVERY else host):
            for caller in callers.of(host, namespace):
                yield _request(caller, scheme, port, _sample(host, names) if "*" in host else host, "")


def _hosts_inside(meshes: Sequence[Mesh]) -> dict[tuple[str, int, str], str]:
    """(host, port, scheme) -> the namespace of its object."""
    found: dict[tuple[str, int, str], str] = {}
    for mesh in meshes:
        for host in mesh.hosts:
            for port in host.ports:
                scheme = "http" if port.is_http else "https" if port.is_tls else "tcp"
                found.setdefault((host.name, port.number, scheme), host.namespace)
        for item in mesh.graph.all_of_kind("VirtualService"):
            if MESH in gateways(item):
                for name in server_names(item):
                    found.setdefault((full_host(name, item.namespace), 443, "https"), item.namespace)
                for _, name in strings(item, "spec", "hosts"):
                    host = full_host(name, item.namespace)
                    if host not in mesh.hosts.by_name:
                        found.setdefault((host, 80, "http"), item.namespace)
        found.update(dict.fromkeys(_outside(mesh), ""))
    return found


def _outside(mesh: Mesh) -> Iterator[tuple[str, int, str]]:
    """What no object names: the hosts outside of the mesh that are known, or one for all."""
    if mesh.outside and not mesh.outside.is_everywhere:
        ways = sorted(mesh.outside.ports.items())
        yield from ((name, port, scheme) for name in sorted(mesh.outside.names) for port, scheme in ways)
    else:
        yield from ((EVERY, port, scheme) for scheme, port in _USUAL.items())


def _request(caller: str, scheme: str, port: int, host: str, gateway: str) -> Request:
    usual = _USUAL.get(scheme) == port
    return request("GET", f"{scheme}://{host}{'' if usual else f':{port}'}/", caller=caller, gateway=gateway)
