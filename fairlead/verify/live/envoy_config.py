"""Which routes, clusters and policies does an Envoy have? `/config_dump`, read: what it does, whatever was applied."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fairlead_mesh.model.yaml_values import as_list, as_map, as_maps

_ORIGIN = re.compile(r"/apis/[^/]+/[^/]+/namespaces/([^/]+)/([a-z-]+)/(.+)")
_ACTIONS = ("route", "redirect", "direct_response", "request_headers_to_add", "request_headers_to_remove")
_HTTP, _RBAC, _JWT = "HttpConnectionManager", "RBAC", "JwtAuthentication"
TLS, PLAIN = "TLS", "plain text"
_WORDS = {"DENY": "DENY", "LOG": "AUDIT"}


@dataclass(frozen=True)
class Route:
    """One route: what it matches, where it leads by weight, and the object that istiod made it from."""

    name: str
    match: Mapping[str, Any]
    clusters: Mapping[str, int]
    origin: str
    action: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class VirtualHost:
    """The routes of some domains, in the order in which they are tried."""

    name: str
    domains: tuple[str, ...]
    routes: tuple[Route, ...]


@dataclass(frozen=True)
class RouteTable:
    """A route configuration, by the name that listeners ask for it. `ignores_port`: that of the Host header decides
    nothing, as istiod sets it."""

    name: str
    hosts: tuple[VirtualHost, ...]
    ignores_port: bool = False


@dataclass(frozen=True)
class Rbac:
    """One RBAC filter: `action` ALLOW, DENY or AUDIT, the names of its policies, and the port whose chain it is in.
    `is_dry_run`: it only counts."""

    action: str
    policies: tuple[str, ...]
    port: int
    is_dry_run: bool = False


def route_tables(dump: Mapping[str, Any]) -> list[RouteTable]:
    """Those that istiod has sent, and those within listeners."""
    found: list[RouteTable] = []
    for section in _sections(dump, "RoutesConfigDump"):
        for key in ("static_route_configs", "dynamic_route_configs"):
            found += (_table(as_map(each.get("route_config"))) for each in as_maps(section.get(key)))
    for _, chain in _chains(dump):
        found += (_table(inline) for each in _filters(chain, _HTTP) if (inline := as_map(each.get("route_config"))))
    return found


def cluster_configs(dump: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Every cluster by its name."""
    found: dict[str, dict[str, Any]] = {}
    for section in _sections(dump, "ClustersConfigDump"):
        for key in ("static_clusters", "dynamic_active_clusters", "dynamic_warming_clusters"):
            for each in as_maps(section.get(key)):
                cluster = as_map(each.get("cluster"))
                found[str(cluster.get("name"))] = cluster
    return found


def rejected(dump: Mapping[str, Any]) -> list[str]:
    """What the proxy itself says of configuration that it did not take."""
    states = (each.get("error_state") for section in as_maps(dump.get("configs")) for each in _entries(section))
    return sorted({str(as_map(each).get("details") or "no reason given") for each in states if each})


def rbac_filters(dump: Mapping[str, Any]) -> list[Rbac]:
    """All that decide about requests or connections, in the order of the listeners."""
    return [one for port, chain in _chains(dump) for each in _filters(chain, _RBAC) for one in _rbac(each, port)]


def token_issuers(dump: Mapping[str, Any]) -> list[str]:
    """Whose tokens its JWT filters know."""
    found = (as_map(each.get("providers")) for _, chain in _chains(dump) for each in _filters(chain, _JWT))
    return sorted({str(as_map(one).get("issuer") or "any issuer") for each in found for one in each.values()})


def takes(dump: Mapping[str, Any], port: int) -> set[str]:
    """What an app's proxy accepts for a port of it, of `TLS` and `plain text`; nothing where it has no chain for it."""
    matches = ((chain, as_map(chain.get("filter_chain_match"))) for _, chain in _chains(dump))
    own = [chain for chain, match in matches if match.get("destination_port") == port]
    return {TLS if each.get("transport_socket") else PLAIN for each in own}


def ports(dump: Mapping[str, Any]) -> list[int]:
    """The ports of its listeners and of their filter chains."""
    found = {port for port, _ in _chains(dump)}
    for listener in _listeners(dump):
        found.add(int(as_map(as_map(listener.get("address")).get("socket_address")).get("port_value") or 0))
    return sorted(found - {0})


def origin_in_words(config: str) -> str:
    """`VirtualService hello/helloworld`, of the name that istiod gives (pilot/pkg/networking/util/util.go)."""
    found = _ORIGIN.fullmatch(config)
    if found is None:
        return config
    kind = "".join(part.capitalize() for part in found.group(2).split("-"))
    return f"{kind} {found.group(1)}/{found.group(3)}"


def _sections(dump: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    for each in as_maps(dump.get("configs")):
        if str(each.get("@type")).endswith(f".{name}"):
            yield each


def _entries(section: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for value in section.values():
        yield from as_maps(value)


def _table(config: Mapping[str, Any]) -> RouteTable:
    hosts = tuple(
        VirtualHost(
            str(each.get("name")),
            tuple(map(str, as_list(each.get("domains")))),
            tuple(_route(one) for one in as_maps(each.get("routes"))),
        )
        for each in as_maps(config.get("virtual_hosts"))
    )
    return RouteTable(str(config.get("name") or ""), hosts, config.get("ignore_port_in_host_matching") is True)


def _route(route: Mapping[str, Any]) -> Route:
    forward = as_map(route.get("route"))
    weighted = as_maps(as_map(forward.get("weighted_clusters")).get("clusters"))
    clusters = {str(each.get("name")): int(each.get("weight") or 0) for each in weighted}
    if not clusters and forward.get("cluster"):
        clusters = {str(forward.get("cluster")): 100}
    istio = as_map(as_map(as_map(route.get("metadata")).get("filter_metadata")).get("istio"))
    action = {key: route[key] for key in _ACTIONS if route.get(key)}
    origin = origin_in_words(str(istio.get("config") or ""))
    return Route(str(route.get("name") or ""), as_map(route.get("match")), clusters, origin, action)


def _listeners(dump: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for section in _sections(dump, "ListenersConfigDump"):
        yield from (as_map(each.get("listener")) for each in as_maps(section.get("static_listeners")))
        for each in as_maps(section.get("dynamic_listeners")):
            yield as_map(as_map(each.get("active_state")).get("listener"))


def _chains(dump: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every filter chain with the port that it is for: its own match before that of its listener."""
    for listener in _listeners(dump):
        address = as_map(as_map(listener.get("address")).get("socket_address"))
        chains = [*as_maps(listener.get("filter_chains")), as_map(listener.get("default_filter_chain"))]
        for chain in chains:
            own = as_map(chain.get("filter_chain_match")).get("destination_port")
            yield int(own or address.get("port_value") or 0), chain


def _filters(chain: Mapping[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    """The filters of a kind, whether of connections or of requests."""
    for each in as_maps(chain.get("filters")):
        config = as_map(each.get("typed_config"))
        if str(config.get("@type")).endswith(f".{kind}"):
            yield config
        for one in as_maps(config.get("http_filters")):
            inner = as_map(one.get("typed_config"))
            if str(inner.get("@type")).endswith(f".{kind}"):
                yield inner


def _rbac(config: Mapping[str, Any], port: int) -> Iterator[Rbac]:
    for key, is_dry_run in (("rules", False), ("shadow_rules", True)):
        if key in config:
            rules = as_map(config.get(key))
            action = _WORDS.get(str(rules.get("action")), "ALLOW")
            yield Rbac(action, tuple(sorted(as_map(rules.get("policies")))), port, is_dry_run)
