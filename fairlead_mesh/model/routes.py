"""Where does a VirtualService send requests? Its routes in words and shares, read from the object itself.

An object says it for everybody: for what the stack file's apps become, for plain YAML, and for what a cluster holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

from fairlead_mesh.model.graph import Graph, full_host, service_key
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.model.request_words import redirect_in_words, requests_in_words
from fairlead_mesh.model.route_settings import Settings, settings
from fairlead_mesh.model.virtual_service import MESH, gateways


@dataclass(frozen=True)
class Share:
    """One destination of a route and its share of the route's requests, in percent."""

    host: str
    subset: str
    port: int | None
    percent: float

    @property
    def version(self) -> str:
        """What a person calls it: its subset or, without one, the Service's short name."""
        key = service_key(self.host, "")
        return self.subset or (key[1] if key else self.host)

    @property
    def per_cent(self) -> str:
        return f"{self.percent:g} %"


@dataclass(frozen=True)
class Route:
    """One route: `requests` it takes in words (`all`), and what becomes of them.

    `shares` are its destinations; a redirect, a direct response or a delegate stands in `answer` instead, in words.
    `spec` is the route as the object has it.
    """

    protocol: str
    requests: str
    shares: tuple[Share, ...]
    answer: str
    spec: Mapping[str, Any]

    @cached_property
    def settings(self) -> Settings:
        """What else is done to its requests."""
        return settings(self.spec)

    def delegate(self, namespace: str) -> tuple[str, str] | None:
        """Namespace and name of the VirtualService that a route of this namespace hands its requests on to."""
        named = as_map(self.spec.get("delegate"))
        return (str(named.get("namespace") or namespace), str(named["name"])) if named.get("name") else None

    @property
    def action(self) -> str:
        """What becomes of the requests, in words: `v1 70 %, v2 30 %`."""
        return self.answer or ", ".join(f"{share.version} {share.per_cent}" for share in self.shares if share.percent)


@dataclass(frozen=True)
class Routing:
    """One VirtualService: for which hosts, at which gateways (`namespace/name`, or `mesh`), its routes in order."""

    item: Item
    hosts: tuple[str, ...]
    gateways: tuple[str, ...]
    routes: tuple[Route, ...]

    @property
    def name(self) -> str:
        return self.item.name

    @property
    def namespace(self) -> str:
        return self.item.namespace


def routings(graph: Graph) -> list[Routing]:
    """Every VirtualService of a mesh, by namespace and name."""
    found = (routing(item) for item in graph.all_of_kind("VirtualService"))
    return sorted(found, key=lambda each: (each.namespace, each.name))


def routing(item: Item) -> Routing:
    """What one VirtualService does."""
    hosts = tuple(full_host(str(host), item.namespace) for _, host in item.entries("spec", "hosts"))
    routes = tuple(
        route(spec, protocol, item.namespace)
        for protocol in ("http", "tls", "tcp")
        for _, spec in item.maps("spec", protocol)
    )
    return Routing(item, hosts, tuple(gateways(item)), routes)


def entrances(routing: Routing) -> list[str]:
    """The gateways of a VirtualService, without `mesh`."""
    return [name for name in routing.gateways if name != MESH]


def route(spec: Mapping[str, Any], protocol: str, namespace: str) -> Route:
    """A route of a VirtualService of this namespace."""
    return Route(
        protocol, requests_in_words(as_maps(spec.get("match"))), tuple(_shares(spec, namespace)), _answer(spec), spec
    )


def _shares(spec: Mapping[str, Any], namespace: str) -> Iterator[Share]:
    listed = as_maps(spec.get("route"))
    weights = [_weight(each) for each in listed]
    if len(listed) == 1 or not any(weights):
        # A lone destination gets everything; several without any weight are refused, and lint says so.
        weights = [1.0] * len(listed)
    for each, weight in zip(listed, weights, strict=True):
        destination = as_map(each.get("destination"))
        port = as_map(destination.get("port")).get("number")
        yield Share(
            full_host(str(destination.get("host", "")), namespace),
            str(destination.get("subset") or ""),
            port if isinstance(port, int) else None,
            round(100 * weight / sum(weights), 2),
        )


def _weight(share: Mapping[str, Any]) -> float:
    weight = share.get("weight")
    return float(weight) if isinstance(weight, int | float) and 0 < weight < inf else 0.0


def _answer(spec: Mapping[str, Any]) -> str:
    if redirect := as_map(spec.get("redirect")):
        return redirect_in_words(redirect)
    if response := as_map(spec.get("directResponse")):
        return f"direct response {response.get('status')}"
    if delegate := as_map(spec.get("delegate")):
        return f"delegated to VirtualService {delegate.get('namespace', '')}/{delegate.get('name', '')}"
    return ""
