"""Whom is a VirtualService for? Its own hosts, what it routes at all, and the delegates that it hands on to."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.hostnames import complaint, overlaps
from fairlead_mesh.model.virtual_service import (
    PROTOCOLS,
    delegate_of,
    destinations,
    is_delegate,
    is_on_mesh,
    named_gateways,
    routes,
    strings,
)
from fairlead_mesh.model.virtual_service import virtual_services as all_of


@object_rule("webhook")
def hosts_of_routes_are_hosts(graph: Graph) -> Iterator[Hit]:
    """A host is a DNS name, an IP address or a wildcard such as `*.example.com`, without scheme, port or path."""
    for item in all_of(graph):
        named = strings(item, "spec", "hosts")
        named += [((*each.path, "host"), each.host) for each in destinations(item) if each.host]
        for path, host in named:
            of_a_destination = path[:2] != ("spec", "hosts")
            reason = _of_a_destination(host) if of_a_destination else complaint(host)
            if reason:
                message = f"{reason}; istiod's webhook rejects the whole VirtualService"
                yield item.hit(path, message, "write a host such as shop.example.com or *.example.com")


def _of_a_destination(host: str) -> str | None:
    return "a destination is a single host, not all" if host == "*" else complaint(host, address=False)


@object_rule("webhook")
def every_host_stays_off_the_mesh(graph: Graph) -> Iterator[Hit]:
    """The host `*` is for gateways only: on sidecars it would match all traffic, so istiod rejects it.

    A VirtualService without `gateways`, or with `mesh` among them, applies to the sidecars.
    """
    for item in all_of(graph):
        for path, host in strings(item, "spec", "hosts") if is_on_mesh(item) else ():
            if host == "*":
                bound = "mesh is among its gateways" if named_gateways(item) else "it names no gateway"
                message = f"{bound}, so it applies to every sidecar, where istiod's webhook rejects the host *"
                yield item.hit(path, message, "name its gateways without mesh, or list its hosts")


@object_rule("webhook")
def hosts_of_a_virtual_service_do_not_overlap(graph: Graph) -> Iterator[Hit]:
    """A VirtualService names each host once, also by a wildcard: istiod rejects duplicates."""
    for item in all_of(graph):
        named = [(path, host) for path, host in strings(item, "spec", "hosts") if not complaint(host)]
        for later, earlier in overlaps(host for _, host in named):
            other = named[earlier][1]
            message = f"{other} already covers this host; istiod's webhook rejects the whole VirtualService"
            yield item.hit(named[later][0], message, "remove one of them, or use separate VirtualServices")


@object_rule("webhook")
def virtual_services_route_something(graph: Graph) -> Iterator[Hit]:
    """A VirtualService without http, tls and tcp routes has no effect: istiod rejects it."""
    for item in all_of(graph):
        if isinstance(item.get("spec"), dict) and not any(item.get("spec", protocol) for protocol in PROTOCOLS):
            message = "it has no http, tls or tcp route; istiod's webhook rejects it"
            yield item.hit(("spec",), message, "add an http route with a destination, or remove the object")


@object_rule("webhook")
def delegates_leave_the_rest_to_their_root(graph: Graph) -> Iterator[Hit]:
    """A VirtualService without hosts is a delegate: it has http routes only, and its root has the gateways."""
    for item in all_of(graph):
        if not is_delegate(item):
            continue
        for key in ("gateways", "tls", "tcp"):
            if item.get("spec", key):
                message = f"without hosts this is a delegate, which has no {key}; istiod's webhook rejects it"
                yield item.hit(("spec", key), message, f"add hosts, or remove {key}")
        for route, value in routes(item):
            if "delegate" in value:
                message = "a delegate cannot delegate to another one; istiod's webhook rejects it"
                yield item.hit((*route, "delegate"), message, "route here, or name that delegate in the root")


@object_rule()
def delegates_exist(graph: Graph) -> Iterator[Hit]:
    """A route delegates to a VirtualService without hosts; if it does not exist, the route is silently dropped."""
    known = {(item.namespace, item.name): item for item in graph.all_of_kind("VirtualService")}
    homes = {home for home, _ in known}
    for item in all_of(graph):
        for route, value in routes(item):
            delegate, place = delegate_of(item, value), (*route, "delegate", "name")
            if delegate is None:
                continue
            home, name = delegate
            found = known.get((home, name))
            if found is None and graph.closed and home not in homes:
                continue
            if found is None:
                message = f"no VirtualService {home}/{name} is known; without it this route is dropped"
                yield item.hit(place, message, "fix name and namespace of the delegate", severity=graph.missing)
            elif not is_delegate(found):
                message = f"{found} has hosts of its own, so istiod does not use it as a delegate; the route is dropped"
                yield item.hit(place, message, f"remove the hosts of {home}/{name}")


@object_rule(severity="warning")
def virtual_services_have_hosts_or_a_root(graph: Graph) -> Iterator[Hit]:
    """A VirtualService without hosts has no effect, unless another one delegates to it."""
    named = {delegate_of(item, value) for item in graph.all_of_kind("VirtualService") for _, value in routes(item)}
    for item in all_of(graph):
        if is_delegate(item) and (item.namespace, item.name) not in named and routes(item):
            message = "it has no hosts, and no other VirtualService delegates to it: it routes nothing"
            yield item.hit(("spec",), message, "add hosts, or name it as delegate of a route")
