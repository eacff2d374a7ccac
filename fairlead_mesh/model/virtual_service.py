"""What does a VirtualService route, and for whom? Its parts, each with its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fairlead_mesh.findings import Path
from fairlead_mesh.model.graph import Graph, full_host
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.item import place as one_path
from fairlead_mesh.model.objects.yaml_values import as_list, as_map

MESH = "mesh"
"""Istio's word for all sidecars: routing that holds for the callers inside the mesh."""

PROTOCOLS = ("http", "tls", "tcp")
EVERY_NAMESPACE = "*"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where requests go: `path` leads to the `destination` itself, `route` to the route that names it."""

    item: Item
    path: Path
    route: Path
    value: dict[str, Any]

    @property
    def host(self) -> str:
        host = self.value.get("host")
        return host if isinstance(host, str) else ""

    @property
    def full_host(self) -> str:
        return full_host(self.host, self.item.namespace)

    @property
    def subset(self) -> str:
        subset = self.value.get("subset")
        return subset if isinstance(subset, str) else ""

    @property
    def port(self) -> int | None:
        number = as_map(self.value.get("port")).get("number")
        return number if isinstance(number, int) else None


def strings(item: Item, *path: str | int) -> list[tuple[Path, str]]:
    """The strings of a list, each with its path; what else stands there is the API server's to refuse."""
    return [(place, value) for place, value in item.entries(*path) if isinstance(value, str)]


def routes(item: Item, *protocols: str) -> list[tuple[Path, dict[str, Any]]]:
    """All routes of these protocols, of every one where none is named."""
    return _routes(item, protocols or PROTOCOLS)


@lru_cache(maxsize=1 << 10)
def _routes(item: Item, protocols: tuple[str, ...]) -> list[tuple[Path, dict[str, Any]]]:
    # Forty rules ask for them.
    return [found for protocol in protocols for found in item.maps("spec", protocol)]


@lru_cache(maxsize=1 << 12)
def destinations(item: Item) -> tuple[Destination, ...]:
    """Every destination that requests are sent or mirrored to; nine rules ask."""
    return tuple(_destinations(item))


def _destinations(item: Item) -> Iterator[Destination]:
    for route, value in routes(item):
        for place, share in item.maps(*route, "route"):
            if isinstance(share.get("destination"), dict):
                yield Destination(item, one_path(*place, "destination"), route, share["destination"])
        if isinstance(value.get("mirror"), dict):
            yield Destination(item, (*route, "mirror"), route, value["mirror"])
        for place, mirror in item.maps(*route, "mirrors"):
            if isinstance(mirror.get("destination"), dict):
                yield Destination(item, (*place, "destination"), route, mirror["destination"])


def routes_all(item: Item) -> bool:
    """Whether it says for every HTTP request of its hosts where it goes: its last route has no match."""
    return any(not value.get("match") for _, value in routes(item, "http")[-1:])


def is_delegate(item: Item) -> bool:
    """Whether others hand their requests on to it: it has no hosts of its own."""
    return not item.entries("spec", "hosts")


def named_gateways(item: Item) -> list[tuple[Path, str]]:
    """The gateways as they are written, each with its path."""
    return strings(item, "spec", "gateways")


def delegate_of(item: Item, route: Mapping[str, Any]) -> tuple[str, str] | None:
    """Namespace and name of the VirtualService that a route hands its requests on to; None where it names none."""
    delegate = as_map(route.get("delegate"))
    name = delegate.get("name")
    return (str(delegate.get("namespace") or item.namespace), name) if isinstance(name, str) else None


def gateways(item: Item) -> list[str]:
    """The gateways that it holds for, as `namespace/name`, and `mesh` for the sidecars."""
    named = [name for _, name in named_gateways(item)]
    return [gateway_key(name, item.namespace) for name in named] or [MESH]


def ways_in(item: Item, route: Path) -> list[tuple[list[str], int | None]]:
    """How requests come to a route: by which gateways, and on which port where its match names one; one a match."""
    found: list[tuple[list[str], int | None]] = []
    for _, match in item.maps(*route, "match"):
        named = [gateway_key(str(each), item.namespace) for each in as_list(match.get("gateways"))]
        port = match.get("port")
        found.append((named or gateways(item), port if isinstance(port, int) else None))
    return found or [(gateways(item), None)]


def gateway_key(name: str, namespace: str) -> str:
    """`namespace/name` of a gateway that an object in `namespace` names in any of Istio's ways."""
    if name == MESH:
        return MESH
    home, slash, short = name.partition("/")
    if slash:
        return f"{namespace if home == '.' else home}/{short}"
    short, dot, rest = name.partition(".")
    return f"{rest.partition('.')[0]}/{short}" if dot else f"{namespace}/{short}"


def is_on_mesh(item: Item) -> bool:
    """Whether sidecars route by it."""
    return MESH in gateways(item)


def is_on_gateway(item: Item) -> bool:
    """Whether gateways route by it."""
    return any(name != MESH for name in gateways(item))


def seen_from(item: Item, mesh_config: Mapping[str, Any] | None, default_key: str) -> set[str]:
    """The namespaces that an object is exported to; `*` for all of them."""
    default = (mesh_config or {}).get(default_key)
    listed = item.get("spec", "exportTo") or default
    named = [value for value in as_list(listed) if isinstance(value, str)]
    if not named or EVERY_NAMESPACE in named:
        return {EVERY_NAMESPACE}
    return {item.namespace if value == "." else value for value in named}


def virtual_services(graph: Graph) -> list[Item]:
    """Those that somebody wrote."""
    return graph.of_kind("VirtualService")


def http_routes(graph: Graph) -> Iterator[tuple[Item, Path, dict[str, Any]]]:
    """Every HTTP route of the mesh: its VirtualService, its path there and what it says."""
    for item in virtual_services(graph):
        for route, value in routes(item, "http"):
            yield item, route, value


def paths_of_route(route: Mapping[str, Any]) -> list[str]:
    """The paths that an HTTP route sends to its pods, a prefix with * behind it; none where they may be any."""
    matches = [as_map(match) for match in as_list(route.get("match"))]
    found = [as_map(match.get("uri")) for match in matches if not match.get("ignoreUriCase")]
    paths = [
        str(uri["exact"]) if "exact" in uri else f"{uri['prefix']}*" for uri in found if {"exact", "prefix"} & set(uri)
    ]
    changed = any(key in route for key in ("rewrite", "redirect", "directResponse", "delegate"))
    return [] if changed or len(paths) < len(matches) else paths
