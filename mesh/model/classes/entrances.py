"""Where can requests come from, and to which hosts? Through each gateway, and from clients that a mesh tells apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mesh.model.classes.callers import Callers
from mesh.model.graph import full_host
from mesh.model.sidecars import is_gateway
from mesh.model.traffic.gateway_routes import bound_hosts
from mesh.model.traffic.gateway_servers import servers
from mesh.model.traffic.mesh import Mesh
from mesh.model.traffic.request import INTERNET, Request, request
from mesh.model.virtual_service import MESH, gateways, strings
from mesh.model.workloads import Workload
from mesh.model.yaml_values import as_list, as_map, as_maps

_SCHEMES = {"HTTP": "http", "HTTP2": "http", "GRPC": "http", "HTTPS": "https", "TLS": "https"}
_USUAL = {"http": 80, "https": 443}
_DNS_FIRST = "any"

Concerns = Callable[[str, str], bool]
"""Whether a host through a gateway's Service (`namespace/name`; empty inside of the mesh) has to be asked about."""


def entrances(meshes: Sequence[Mesh], concerns: Concerns = lambda _gateway, _host: True) -> list[Request]:
    """One request for each way in and host, each once: those from outside first."""
    found = [*_from_outside(meshes, concerns), *_inside(meshes, concerns)]
    return list({(each.caller, each.gateway, each.scheme, each.authority, each.port): each for each in found}.values())


def _from_outside(meshes: Sequence[Mesh], concerns: Concerns) -> Iterator[Request]:
    hosts: dict[tuple[str, str, int], dict[str, None]] = {}
    for mesh in meshes:
        for service in mesh.graph.services.values():
            selector = as_map(service.get("spec", "selector"))
            pods = mesh.graph.selected(service.namespace, selector) if selector else []
            if not pods or not is_gateway(pods[0]):
                continue
            for _, port in service.maps("spec", "ports"):
                number, target = port.get("port"), pods[0].number_of(port)
                if not isinstance(number, int) or target is None:
                    continue
                for scheme in _schemes(mesh, pods[0], target):
                    here = hosts.setdefault((f"{service.namespace}/{service.name}", scheme, number), {})
                    here.update(dict.fromkeys(_hosts_at(mesh, pods[0], target, scheme)))
    named = {each for mesh in meshes for each in _asked_hosts(mesh)}
    for (gateway, scheme, number), names in hosts.items():
        more = named if "*" in names else {each for each in named if any(_is_under(each, name) for name in names)}
        for host in sorted(_with_strangers(names) | more):
            if concerns(gateway, host):
                yield _request(INTERNET, scheme, number, host, gateway)


def _schemes(mesh: Mesh, workload: Workload, port: int) -> list[str]:
    return sorted({_SCHEMES[each.protocol] for each in servers(mesh, workload, port) if each.protocol in _SCHEMES})


def _hosts_at(mesh: Mesh, workload: Workload, port: int, scheme: str) -> Iterator[str]:
    listed = [each for each in servers(mesh, workload, port) if _SCHEMES.get(each.protocol) == scheme]
    for server in listed:
        yield from (name for _, name in server.hosts)
    yield from bound_hosts(mesh, workload, listed)


def _with_strangers(names: dict[str, None]) -> set[str]:
    """Each host and, for each wildcard, one that no rule names."""
    return {each for each in names if "*" not in each} | {_sample(each, names) for each in names if "*" in each}


def _sample(pattern: str, names: dict[str, None]) -> str:
    first = next(each for each in (_DNS_FIRST, "other", "x9") if pattern.replace("*", each, 1) not in names)
    return "any-host.example" if pattern == "*" else pattern.replace("*", first, 1)


def _is_under(host: str, pattern: str) -> bool:
    return pattern.startswith("*") and host.endswith(pattern[1:])


def _asked_hosts(mesh: Mesh) -> Iterator[str]:
    """Whole hosts that policies and matches ask for, which a wildcard may take."""
    for item in mesh.graph.all_of_kind("AuthorizationPolicy"):
        for place, _ in item.maps("spec", "rules"):
            for _, to in item.maps(*place, "to"):
                operation = as_map(to.get("operation"))
                listed = [str(each) for key in ("hosts", "notHosts") for each in as_list(operation.get(key))]
                yield from (each.partition(":")[0] for each in listed if "*" not in each)
    for item in mesh.graph.all_of_kind("VirtualService"):
        for _, route in item.maps("spec", "http"):
            wanted = (as_map(match.get("authority")).get("exact") for match in as_maps(route.get("match")))
            yield from (str(each).partition(":")[0] for each in wanted if each)


def _inside(meshes: Sequence[Mesh], concerns: Concerns) -> Iterator[Request]:
    callers = Callers(meshes)
    for (host, port, scheme), namespace in _hosts_inside(meshes).items():
        if concerns("", host):
            for caller in callers.of(host, namespace):
                yield _request(caller, scheme, port, _sample(host, {}) if "*" in host else host, "")


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
                for _, name in strings(item, "spec", "hosts"):
                    host = full_host(name, item.namespace)
                    if host not in mesh.hosts.by_name:
                        found.setdefault((host, 80, "http"), item.namespace)
    return found


def _request(caller: str, scheme: str, port: int, host: str, gateway: str) -> Request:
    usual = _USUAL.get(scheme) == port
    return request("GET", f"{scheme}://{host}{'' if usual else f':{port}'}/", caller=caller, gateway=gateway)
