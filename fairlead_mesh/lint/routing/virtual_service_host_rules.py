"""Who answers for a host? VirtualServices that share one, and gateways that serve it or do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.conflict import Part, conflict, conflicts
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.conditions import Conditions, conditions
from fairlead_mesh.model.graph import Graph, full_host
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.served_hosts import has_hosts, known_gateways, served, takes
from fairlead_mesh.model.virtual_service import (
    EVERY_NAMESPACE,
    destinations,
    gateway_key,
    gateways,
    is_on_mesh,
    routes,
    routes_all,
    seen_from,
    strings,
)

_MESH = "mesh"
_FEW = 3


def _names(items: Iterable[Item], but: Item | None = None) -> str:
    """Some of the objects other than `but`: of a thousand, a few tell enough."""
    others = ((other.namespace, other.name) for other in items if other is not but)
    found = list(islice(dict.fromkeys(islice(others, _FEW * _FEW)), _FEW))
    return ", ".join(f"{namespace}/{name}" for namespace, name in sorted(found))


@object_rule("IST0109", "KIA1106")
def mesh_hosts_have_one_virtual_service(graph: Graph) -> Iterator[Hit]:
    """Sidecars use one VirtualService for a host: of two, the older is used and the other has no effect.

    Which one is older differs from cluster to cluster, so the routing that was tested is not the one that runs.
    """
    claims: dict[str, dict[str, list[Part]]] = defaultdict(lambda: defaultdict(list))
    for item in graph.all_of_kind("VirtualService"):
        seen = sorted(seen_from(item, graph.mesh_config, "defaultVirtualServiceExportTo"))
        for path, host in strings(item, "spec", "hosts") if is_on_mesh(item) else ():
            for namespace in seen:
                claims[full_host(host, item.namespace)][namespace].append((item, path))
    for claimed in claims.values():
        everywhere = claimed.get(EVERY_NAMESPACE, [])
        scopes = [[*everywhere, *parts] for scope, parts in claimed.items() if scope != EVERY_NAMESPACE]
        for parts in conflicts([everywhere, *scopes]):
            severity = "info" if _are_variants(parts) else None
            yield from conflict(parts, _either, "put all routes of the host into one VirtualService", severity=severity)


def _are_variants(parts: list[Part]) -> bool:
    """Whether each file has its own form of one thing, as of the steps of a release: one is applied at a time."""
    files = [item.source for item, _ in parts]
    led_to = {frozenset(each.full_host for each in destinations(item)) for item, _ in parts}
    same = len(led_to) == 1 and frozenset[str]() not in led_to
    return same and len({*files}) == len(files) and all(routes_all(item) for item, _ in parts)


def _either(others: list[Item]) -> str:
    return f"sidecars get this host's routes from {_names(others)} or from here, not both"


def _whole_hosts(item: Item) -> list[str]:
    return sorted({full_host(host, item.namespace) for _, host in strings(item, "spec", "hosts")})


@dataclass(frozen=True)
class _Claim:
    """A match of an HTTP route that a gateway takes for a host."""

    item: Item
    path: Path
    asked: Conditions


@object_rule("KIA1106")
def gateway_hosts_are_shared_without_overlap(graph: Graph) -> Iterator[Hit]:
    """VirtualServices may share a host of a gateway, but no requests: the order between them is undefined.

    Their routes are merged by age; a catch-all goes last. Two that match the same requests work until one of them is
    re-created, and then all requests go to the other.
    """
    claims: dict[tuple[str, str], dict[tuple[str, frozenset[str]], list[_Claim]]] = defaultdict(dict)
    known = known_gateways(graph)
    for item in graph.all_of_kind("VirtualService"):
        keys = [(gateway, host) for gateway in gateways(item) if gateway != _MESH for host in _whole_hosts(item)]
        keys = [(gateway, host) for gateway, host in keys if _is_heard(known.get(gateway), host, item.namespace)]
        for path, match in _http_matches(item) if keys else ():
            asked = conditions({key: value for key, value in match.items() if key != "gateways"})
            only = {gateway_key(name, item.namespace) for _, name in strings(item, *path, "gateways")}
            for key in [key for key in keys if not only or key[0] in only]:
                claims[key].setdefault((asked.prefix, asked.others), []).append(_Claim(item, path, asked))
    for (gateway, host), taken in claims.items():
        if len({id(claim.item) for found in taken.values() for claim in found}) > 1:
            yield from _shared(gateway, host, taken)


def _is_heard(gateway: Item | None, host: str, namespace: str) -> bool:
    return gateway is None or not has_hosts(gateway) or takes(served(gateway, namespace), host, namespace)


def _http_matches(item: Item) -> Iterator[tuple[Path, dict[str, object]]]:
    for route, value in routes(item, "http"):
        if "delegate" not in value:
            yield from item.maps(*route, "match") or [(route, {})]


def _shared(gateway: str, host: str, taken: dict[tuple[str, frozenset[str]], list[_Claim]]) -> Iterator[Hit]:
    for found in taken.values():
        yield from conflict(
            [
                (claim.item, claim.path)
                for claim in reversed({id(each.item): each for each in reversed(found)}.values())
            ],
            lambda others: f"at {gateway}, requests for {host} go here or to {_names(others)}, whichever is older",
            "keep one of the two routes, or use different hosts",
        )
    yield from _narrower(gateway, host, taken)


def _narrower(gateway: str, host: str, taken: dict[tuple[str, frozenset[str]], list[_Claim]]) -> Iterator[Hit]:
    for (prefix, others), found in taken.items():
        if not prefix and not others:
            continue
        for claim in found:
            wider = [key for key in claim.asked.wider() if any(key) and key in taken]
            rivals = {
                other.item: other.path
                for key in wider
                if key != (prefix, others)
                for other in reversed(taken[key])
                if other.item is not claim.item
            }
            if rivals and not claim.item.brought:
                message = f"at {gateway}, {_names(rivals)} gets these requests for {host} if it is older"
                remedy = "put both routes into one VirtualService, this one first"
                yield claim.item.hit(claim.path, message, remedy, severity="warning", others=rivals.items())
