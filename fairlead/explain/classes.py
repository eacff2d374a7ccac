"""Which requests does a mesh tell apart? One for each match of a route at each gateway, and for each Service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fairlead.explain.questions import gateways
from fairlead.terminal.errors import UserError
from mesh.model.graph import full_host
from mesh.model.item import Item
from mesh.model.sidecars import has_sidecar, is_gateway
from mesh.model.traffic.http_routes import HttpRoute, http_routes
from mesh.model.traffic.mesh import Mesh, workload_name
from mesh.model.traffic.request import INTERNET, Request, request
from mesh.model.virtual_service import MESH
from mesh.model.virtual_service import gateways as bound_to
from mesh.model.workloads import Workload
from mesh.model.yaml_values import as_map

_ANY_HOST = "any-host.example.com"


@dataclass(frozen=True)
class _Way:
    """Who asks, through what: a scheme and a port, of a gateway's Service where the caller is the internet."""

    caller: str
    scheme: str
    port: int
    gateway: str = ""


def classes(mesh: Mesh) -> list[Request]:
    """The requests, those from outside first; each once."""
    found = [*_through_gateways(mesh), *_inside(mesh)]
    return list({_key(each): each for each in found}.values())


def _key(asked: Request) -> tuple[object, ...]:
    return (
        asked.caller,
        asked.gateway,
        asked.method,
        asked.authority,
        asked.port,
        asked.path,
        tuple(asked.headers.items()),
    )


def _through_gateways(mesh: Mesh) -> Iterator[Request]:
    try:
        services = gateways(mesh, "")
    except UserError:
        return
    for item in mesh.graph.all_of_kind("VirtualService"):
        names = [name for name in bound_to(item) if name != MESH]
        for name in names:
            gateway = mesh.graph.gateways.get(tuple(name.split("/", 1)))  # pyright: ignore[reportArgumentType]
            for service, scheme, port in _entries(mesh, gateway, services) if gateway else ():
                for host in _hosts(item):
                    for route in http_routes(item, mesh.graph):
                        yield from _samples(route, host, _Way(INTERNET, scheme, port, service))


def _entries(mesh: Mesh, gateway: Item, services: list[str]) -> Iterator[tuple[str, str, int]]:
    """(Service, scheme, port) by which a Gateway is reached."""
    for name in services:
        namespace, _, short = name.partition("/")
        service = mesh.graph.services[namespace, short]
        pods = mesh.graph.selected(namespace, as_map(service.get("spec", "selector")))
        selector = as_map(gateway.get("spec", "selector"))
        if not any(selector.items() <= pod.labels.items() for pod in pods):
            continue
        for _, server in gateway.maps("spec", "servers"):
            port = as_map(server.get("port"))
            protocol, number = str(port.get("protocol") or "").upper(), port.get("number")
            if isinstance(number, int) and protocol in ("HTTP", "HTTP2", "GRPC", "HTTPS"):
                yield name, "https" if protocol == "HTTPS" else "http", number


def _inside(mesh: Mesh) -> Iterator[Request]:
    for host in mesh.hosts:
        for port in host.ports:
            if not port.is_http or "*" in host.name:
                continue
            caller = _caller(mesh, host.namespace)
            if caller is None:
                continue
            found = [item for item in mesh.graph.all_of_kind("VirtualService") if MESH in bound_to(item)
                     and host.name in _hosts(item)]  # fmt: skip
            way = _Way(workload_name(caller), "http", port.number)
            yield _request(way, "GET", host.name, "/", {})
            for item in found:
                for route in http_routes(item, mesh.graph):
                    yield from _samples(route, host.name, way)


def _caller(mesh: Mesh, namespace: str) -> Workload | None:
    pods = [pod for pod in mesh.graph.pods.all if has_sidecar(mesh.graph, pod) and not is_gateway(pod)]
    return next((pod for pod in pods if pod.namespace == namespace), next(iter(pods), None))


def _hosts(item: Item) -> list[str]:
    hosts = [full_host(str(host), item.namespace) for _, host in item.entries("spec", "hosts")]
    return [_ANY_HOST if host == "*" else host.replace("*", "any", 1) for host in hosts]


def _samples(route: HttpRoute, host: str, way: _Way) -> Iterator[Request]:
    for match in route.matches or ({},):
        path = _text(as_map(match.get("uri")), "/")
        headers = {name: _text(as_map(wanted), "any") for name, wanted in as_map(match.get("headers")).items()
                   if not name.startswith("@")}  # fmt: skip
        query = "&".join(f"{name}={_text(as_map(each), '')}" for name, each in as_map(match.get("queryParams")).items())
        method = _text(as_map(match.get("method")), "GET")
        if path is None or method is None or None in headers.values():
            continue
        said = {name: value for name, value in headers.items() if value is not None}
        yield _request(way, method, host, f"{path}?{query}" if query else path, said)


def _text(match: Mapping[str, Any], default: str) -> str | None:
    """A value that meets a match; None for a regular expression, which is not turned round here."""
    if "regex" in match:
        return None
    return str(match.get("exact") or match.get("prefix") or default)


def _request(way: _Way, method: str, host: str, path: str, headers: Mapping[str, str]) -> Request:
    usual = {"http": 80, "https": 443}[way.scheme] == way.port
    url = f"{way.scheme}://{host}{'' if usual else f':{way.port}'}{path}"
    return request(method, url, caller=way.caller, headers=headers, gateway=way.gateway)
