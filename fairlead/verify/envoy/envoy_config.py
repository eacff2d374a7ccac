"""Which routes, clusters and policies does an Envoy have? `/config_dump`, read: what it does, whatever was applied."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fairlead.verify.envoy.envoy_listeners import chains, filters, sections, weights
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps

_ORIGIN = re.compile(r"/apis/[^/]+/[^/]+/namespaces/([^/]+)/([a-z-]+)/(.+)")
_ACTIONS = ("route", "redirect", "direct_response", "request_headers_to_add", "request_headers_to_remove")
_HTTP, _RBAC = "HttpConnectionManager", "RBAC"
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
    for section in sections(dump, "RoutesConfigDump"):
        for key in ("static_route_configs", "dynamic_route_configs"):
            found += (_table(as_map(each.get("route_config"))) for each in as_maps(section.get(key)))
    for _, chain in chains(dump):
        found += (_table(inline) for each in filters(chain, _HTTP) if (inline := as_map(each.get("route_config"))))
    return found


def cluster_configs(dump: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Every cluster by its name."""
    found: dict[str, dict[str, Any]] = {}
    for section in sections(dump, "ClustersConfigDump"):
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
    return [one for port, chain in chains(dump) for each in filters(chain, _RBAC) for one in _rbac(each, port)]


def origin_in_words(config: str) -> str:
    """`VirtualService hello/helloworld`, of the name that istiod gives (pilot/pkg/networking/util/util.go)."""
    found = _ORIGIN.fullmatch(config)
    if found is None:
        return config
    kind = "".join(part.capitalize() for part in found.group(2).split("-"))
    return f"{kind} {found.group(1)}/{found.group(3)}"


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
    clusters = weights(forward)
    istio = as_map(as_map(as_map(route.get("metadata")).get("filter_metadata")).get("istio"))
    action = {key: route[key] for key in _ACTIONS if route.get(key)}
    origin = origin_in_words(str(istio.get("config") or ""))
    return Route(str(route.get("name") or ""), as_map(route.get("match")), clusters, origin, action)


def _rbac(config: Mapping[str, Any], port: int) -> Iterator[Rbac]:
    for key, is_dry_run in (("rules", False), ("shadow_rules", True)):
        if key in config:
            rules = as_map(config.get(key))
            action = _WORDS.get(str(rules.get("action")), "ALLOW")
            yield Rbac(action, tuple(sorted(as_map(rules.get("policies")))), port, is_dry_run)
