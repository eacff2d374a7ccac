"""Why does a request not go where it should? What the first proxy's own routes and clusters say of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fairlead.verify.envoy.envoy_config import Route, RouteTable, VirtualHost
from fairlead.verify.envoy.envoy_hosts import Host
from fairlead.verify.envoy.envoy_routes import first_match, is_catch_all, virtual_host
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.traffic.explanation import Explanation

_OF_GATEWAY = re.compile(r"https?\.(\d+)(\..*)?")
_VIRTUAL_SERVICE = "VirtualService"
_TOLERATED = 0.005
_SHOWN = 3


@dataclass(frozen=True)
class ProxyView:
    """What one proxy says: `name` is its workload, `at` which workload has an address. `target` is the port that the
    request comes in at, on a gateway's pod."""

    name: str
    tables: Sequence[RouteTable]
    clusters: Iterable[str]
    hosts: Sequence[Host]
    at: Mapping[str, str]
    is_gateway: bool = False
    target: int = 0
    ports: Collection[int] = ()
    """Those that the proxy listens on."""


def route_causes(view: ProxyView, request: Request, expected: Explanation | None) -> Iterator[str]:
    """One sentence a cause; none where the routes are as the promise says."""
    table = _table(view, request)
    if table is None:
        if request.scheme != "http" and (view.target or request.port) in view.ports:
            # TLS that is passed through, or TCP: there are no routes of HTTP.
            return
        why = "no Gateway or Service that it knows has it"
        yield f"the proxy of {view.name} has no routes for port {request.port}: {why}"
        return
    host = virtual_host(table, request.authority)
    if host is None or is_catch_all(host):
        becomes = "answers 404" if host is None or view.is_gateway else f"uses {host.name}"
        where = f"{request.authority} on port {request.port}"
        yield f"the proxy of {view.name} has no virtual host for {where}, and {becomes}"
        return
    route = first_match(host.routes, request)
    wanted = origins(expected)
    if route is None:
        yield from _unmatched(view, host, request, wanted)
        return
    yield from _origin(view, host, route, wanted)
    yield from _weights(view, route, expected)
    yield from _clusters(view, route)


def connection_causes(view: ProxyView, clusters: Mapping[str, int], expected: Explanation | None) -> Iterator[str]:
    """The same of connections without HTTP, whose listener names the clusters itself."""
    route = Route("", {}, clusters, "")
    yield from _weights(view, route, expected)
    yield from _clusters(view, route)


def chosen_route(view: ProxyView, request: Request) -> Route | None:
    """The route that the proxy has for a request; None where it has none."""
    table = _table(view, request)
    host = virtual_host(table, request.authority) if table else None
    return first_match(host.routes, request) if host and not is_catch_all(host) else None


def origins(expected: Explanation | None) -> list[str]:
    """The VirtualServices that decide about a request, as the model explains it."""
    steps = [step for outcome in (expected.outcomes if expected else ()) for step in outcome.steps]
    items = [step.item for step in steps if step.item is not None and step.item.kind == _VIRTUAL_SERVICE]
    return sorted({f"{_VIRTUAL_SERVICE} {item.namespace}/{item.name}" for item in items})


def _table(view: ProxyView, request: Request) -> RouteTable | None:
    """Of a gateway `http.8080` and `https.443.name.gateway.namespace`, of a sidecar `80` or `name:80`; of several, the
    one that has the host."""
    wanted = {request.port, view.target} - {0}
    if view.is_gateway:
        numbers = [(each, _OF_GATEWAY.fullmatch(each.name)) for each in view.tables]
        found = [each for each, match in numbers if match and int(match.group(1)) in wanted]
        secure = [each for each in found if each.name.startswith("https")] if request.scheme == "https" else []
        found = secure or found
    else:
        found = [each for each in view.tables if each.name.rpartition(":")[2] == str(request.port)]
    known = [each for each in found if (host := virtual_host(each, request.authority)) and not is_catch_all(host)]
    return next(iter(known or found), None)


def _unmatched(view: ProxyView, host: VirtualHost, request: Request, wanted: Sequence[str]) -> Iterator[str]:
    made = sorted({each.origin for each in host.routes if each.origin})
    asked = f"{request.method} {request.path}"
    of = f" of {', '.join(made)}" if made else ""
    yield f"none of the {len(host.routes)} routes{of} in the proxy of {view.name} matches {asked}: it answers 404"
    if missing := [each for each in wanted if each not in made]:
        yield f"{' and '.join(missing)} has no route there for {', '.join(host.domains[:_SHOWN])}"


def _origin(view: ProxyView, host: VirtualHost, route: Route, wanted: Sequence[str]) -> Iterator[str]:
    if not wanted or route.origin in wanted:
        return
    lost = " and ".join(wanted)
    if not route.origin:
        yield f"the route is not in the proxy of {view.name}: it uses the Service's own, and none of {lost}"
        return
    named = f" {route.name}" if route.name else ""
    known = {each.origin for each in host.routes}
    has = "comes later there" if set(wanted) & known else "has no route there for this host"
    used = f"the route{named} of {route.origin}, another VirtualService of the host"
    yield f"the proxy of {view.name} uses {used}; {lost} {has}"


def _weights(view: ProxyView, route: Route, expected: Explanation | None) -> Iterator[str]:
    """The weights of clusters, held against what the model says of the workloads behind each: how load balancing
    divides requests among those behind one, nobody promises."""
    total = sum(route.clusters.values())
    answered = expected.answered if expected else {}
    members = {name: _workloads(view, name) for name in route.clusters}
    if not total or not answered or not all(members.values()) or _overlap(members.values()):
        return
    whole = sum(answered.values())
    known = {each for names in members.values() for each in names}
    differs = sorted(set(answered) - known)
    for name, weight in route.clusters.items():
        wanted = sum(answered.get(each, 0) for each in members[name]) / whole
        if len(route.clusters) > 1 and abs(weight / total - wanted) > _TOLERATED:
            differs.append(name)
    if differs:
        has = ", ".join(f"{weight} to {name}" for name, weight in sorted(route.clusters.items()))
        by = f" of {route.origin}" if route.origin else ""
        yield f"the route{by} in the proxy of {view.name} has other weights than the stack says: {has}"


def _workloads(view: ProxyView, cluster: str) -> set[str]:
    return {view.at.get(each.ip, each.address) for each in view.hosts if each.cluster == cluster}


def _overlap(sets: Collection[set[str]]) -> bool:
    return sum(map(len, sets)) > len({each for names in sets for each in names})


def _clusters(view: ProxyView, route: Route) -> Iterator[str]:
    known = set(view.clusters)
    for name, weight in sorted(route.clusters.items()):
        if not weight:
            continue
        if name not in known:
            yield f"the route leads to {in_words(name)}, which the proxy of {view.name} does not have: it answers 503"
            continue
        yield from endpoint_causes(view, name)


def endpoint_causes(view: ProxyView, cluster: str) -> Iterator[str]:
    """Why a cluster cannot take requests."""
    there = [each for each in view.hosts if each.cluster == cluster]
    if not there:
        yield f"{in_words(cluster)} has no endpoints in the proxy of {view.name}: no ready pod is behind it"
    elif all(each.unhealthy for each in there):
        shown = ", ".join(f"{each.address} {each.unhealthy}" for each in there[:_SHOWN])
        yield f"{in_words(cluster)} has no healthy endpoint in the proxy of {view.name}: {shown}"


def in_words(cluster: str) -> str:
    """`the cluster of hello.hello.svc.cluster.local port 5000, subset v1`, of `outbound|5000|v1|hello…`."""
    parts = cluster.split("|")
    if len(parts) != 4 or parts[0] != "outbound":  # noqa: PLR2004 - direction, port, subset and host
        return f"the cluster {cluster}"
    return f"the cluster of {parts[3]} port {parts[1]}" + (f", subset {parts[2]}" if parts[2] else "")
