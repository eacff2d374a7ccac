"""Which Host headers mean the same at an entrance? One name in all its spellings, or whatever a wildcard takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fairlead_mesh.model.classes.dimension import Kind
from fairlead_mesh.model.gateways.gateway_routes import bound_domain
from fairlead_mesh.model.gateways.gateway_traffic import http_servers
from fairlead_mesh.model.traffic.catalogue import names_of
from fairlead_mesh.model.traffic.virtual_hosts import VirtualHost, virtual_host

if TYPE_CHECKING:
    from fairlead_mesh.model.pods.workloads import Workload
    from fairlead_mesh.model.requests.request import Request
    from fairlead_mesh.model.traffic.mesh import Mesh
    from fairlead_mesh.model.traffic.proxies import Proxy

EVERY = "*"
_NAME = r"([a-z0-9-]+\.)*[a-z0-9-]+"
_PORT = "(:[0-9]+)?"
UNNAMED = "any-host.example"
"""A host that nobody names."""


@dataclass(frozen=True, eq=False)
class HostHeaders:
    """What a Host header `means` on one side. `pattern` is the wildcard that takes it; without one it is a name, and
    `spelled` are all ways to write it. `follows`: who says another name connects to that name."""

    means: Callable[[str], Hashable]
    spelled: Sequence[str] = ()
    pattern: str = ""
    follows: bool = True


def at_gateway(mesh: Mesh, pod: Workload, number: int, request: Request) -> HostHeaders:
    """Those that the gateway's routes for a request's host are for."""

    def means(host: str) -> tuple[tuple[int, ...], str | None]:
        listed = http_servers(mesh, pod, number, request.changed(sni=host))
        return tuple(id(each.spec) for each in listed), bound_domain(mesh, pod, listed, host)

    return HostHeaders(means, (), _wildcard(means(request.host)[1]))


def at_sidecar(mesh: Mesh, proxy: Proxy, found: VirtualHost | None, port: int) -> HostHeaders:
    """Those by which a sidecar takes a request for the same host."""

    def means(host: str) -> Hashable:
        here = virtual_host(mesh, proxy, host, port)
        return here and here.domain

    named = names_of(found.host, proxy.namespace) if found and found.host else ()
    return HostHeaders(means, named, _wildcard(found and found.domain))


def anything() -> HostHeaders:
    """Every header: nobody on the way to the pods reads it."""
    return HostHeaders(lambda _host: "", (), EVERY, follows=False)


def _wildcard(domain: str | None) -> str:
    return EVERY if domain is None else domain if domain.startswith("*") else ""


def kind(sides: Sequence[HostHeaders], like: Request) -> Kind:
    """The Host headers that mean the same as a request's on every side, its own first."""
    own = [side.means(like.host) for side in sides]

    def means_the_same(authority: str) -> bool:
        host = like.changed(authority=authority).host
        return all(side.means(host) == meant for side, meant in zip(sides, own, strict=True))

    hosts = dict.fromkeys([like.host, *(name for side in sides for name in side.spelled)])
    values = [like.authority, *hosts, *(f"{host}:{like.port}" for host in hosts)]
    if any(not side.pattern for side in sides):
        return Kind((), (), "", only=tuple(dict.fromkeys(each for each in values if means_the_same(each))))
    tail = max((side.pattern for side in sides), key=len).removeprefix("*")
    behind = (UNNAMED, ".host.example") if not tail else ("any", f"any{tail}", tail)
    allowed = f"{_NAME}{re.escape(tail)}{_PORT}" if tail else f"{_NAME}{_PORT}"
    return Kind(tuple(dict.fromkeys(values)), behind, allowed, takes=means_the_same)
