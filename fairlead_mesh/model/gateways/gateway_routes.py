"""Which routes does a gateway have for a host? Those of all VirtualServices that are bound there, merged as by istiod.

Sources: pilot/pkg/networking/core/gateway.go in istio/istio, and Istio's reference of Gateway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairlead_mesh.model.gateways.gateway_servers import Server, domains, redirecting_servers
from fairlead_mesh.model.hostnames import patterns
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.requests.http_match import At
from fairlead_mesh.model.traffic.http_routes import Routes, merged_routes
from fairlead_mesh.model.traffic.mesh import Mesh


@dataclass(frozen=True, eq=False)
class Bound:
    """The routes for a host, in their order: `item` is the oldest of their VirtualServices."""

    domain: str
    item: Item
    routes: Routes
    at: At


def redirecting(mesh: Mesh, workload: Workload, listed: Sequence[Server], host: str) -> Server | None:
    """The server that redirects a Host header to https."""
    if not any(server.redirects for server in listed):
        return None
    known = _known(mesh, workload, listed)
    found = redirecting_servers(known, listed)
    domain = next((each for each in patterns(host) if each in known or each in found), "")
    return found.get(domain)


def bound_routes(mesh: Mesh, workload: Workload, listed: Sequence[Server], host: str) -> Bound | None:
    """The routes for a Host header at these servers of a port; None where no VirtualService is bound for it."""
    known = _known(mesh, workload, listed)
    domain = bound_domain(mesh, workload, listed, host)
    if domain is None:
        return None
    key = ("bound", workload, _keys(listed), domain)
    return mesh.once(key, lambda: _bound(mesh, workload, domain, known[domain]))


def bound_domain(mesh: Mesh, workload: Workload, listed: Sequence[Server], host: str) -> str | None:
    """The host or the wildcard of VirtualServices whose routes a Host header gets."""
    known = _known(mesh, workload, listed)
    return next((each for each in patterns(host) if each in known), None)


def _bound(mesh: Mesh, workload: Workload, domain: str, pairs: list[tuple[Server, Item]]) -> Bound:
    proxy = mesh.proxy(workload)
    routes = merged_routes([(each, server.at(proxy)) for server, each in pairs], mesh.graph)
    server, item = pairs[0]
    return Bound(domain, item, Routes(tuple(routes)), server.at(proxy))


def bound_hosts(mesh: Mesh, workload: Workload, listed: Sequence[Server]) -> list[str]:
    """The hosts that VirtualServices are bound for at these servers."""
    return list(_known(mesh, workload, listed))


def _known(mesh: Mesh, workload: Workload, listed: Sequence[Server]) -> dict[str, list[tuple[Server, Item]]]:
    return mesh.once(("domains", workload, _keys(listed)), lambda: domains(mesh.proxy(workload), listed))


def _keys(listed: Sequence[Server]) -> tuple[tuple[int, int], ...]:
    return tuple((id(each.item), id(each.spec)) for each in listed)
