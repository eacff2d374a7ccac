"""Does every route still lead somewhere? Services, ports, subsets and pods that routes use and that are gone.

A route to a subset, a port or a Service that is not there is answered with 503 (Istio: ops/common-problems/
network-issues); so is one to a subset without pods (reference/config/analysis/ist0173). What neither side has belongs
to somebody else, and lint speaks of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effects, Hurt, Kind
from fairlead.effects.words import Draft, effects, listed, wording
from mesh.model.backends import ports
from mesh.model.clients import Clients
from mesh.model.destination_rules import Subset, host_of, subsets
from mesh.model.graph import Graph, service_key
from mesh.model.item import Item
from mesh.model.virtual_service import Destination, destinations
from mesh.model.workloads import labels_in_words
from mesh.model.yaml_values import as_map

_ADVICE = {
    "service": "change the route first, and remove the Service in a later change",
    "port": "use a port that the Service has, or keep the old one until the route is changed",
    "subset": "change the route first, and remove the subset in a later change",
    "pods": "keep the pods until the route is changed, or give other pods these labels",
}
Subsets = Mapping[str, Mapping[str, Subset]]


@dataclass(frozen=True)
class _Lack:
    """What requests of an app are meant to reach, and what of it is not there."""

    app: str
    destination: str
    what: str
    why: str


def watch(comparison: Comparison) -> Effects:
    """Destinations of VirtualServices that were there before and are not there any more."""
    words = wording(comparison)
    before, after = comparison.before.graph, comparison.after.graph
    lacked = {(lack.destination, lack.what) for lack in _lacks(before, after)}
    new = dict.fromkeys(each for each in _lacks(after, before) if (each.destination, each.what) not in lacked)
    drafts = (
        Draft(
            each.app,
            f"{words.now(f'requests to {each.destination} get 503')}: {each.why}",
            Hurt.INTERRUPTS,
            _ADVICE[each.what],
            stands=True,
        )
        for each in new
    )
    yield from effects(drafts, words, Kind.TRAFFIC)


def _lacks(graph: Graph, other: Graph) -> Iterator[_Lack]:
    """What the destinations of one side lack, as far as either side knows what there should be."""
    clients, elsewhere = Clients(graph), Clients(other)
    for item in sorted(graph.all_of_kind("VirtualService"), key=lambda each: (each.namespace, each.name)):
        for each in destinations(item):
            if _gets_requests(each) and (found := _lack(each, graph, other, clients, elsewhere)):
                key = service_key(each.full_host, "")
                shown = each.subset or (key[1] if key else each.host)
                yield _Lack(item.name, shown, *found)


def _lack(
    each: Destination, graph: Graph, other: Graph, clients: Clients, elsewhere: Clients
) -> tuple[str, str] | None:
    key = service_key(each.full_host, each.item.namespace)
    service = graph.services.get(key) if key else None
    if service is None:
        there = other.services.get(key) if key else None
        # What a chart holds is known only where the chart could be rendered.
        was_there = not there.brought if there else other.serves(each.full_host, each.item.namespace)
        is_there = not was_there or graph.serves(each.full_host, each.item.namespace)
        return None if is_there else ("service", f"{_title(key, other, each)} does not exist")
    if each.port is not None and each.port not in ports(service):
        return "port", f"{service} has no port {each.port}; its ports: {listed(map(str, ports(service))) or 'none'}"
    if not each.subset:
        return None
    known = [subsets for _, subsets in clients.subsets(each)]
    lacking = any(each.subset not in subsets for subsets in known)
    if lacking and (any(known) or any(subsets for _, subsets in elsewhere.subsets(each))):
        return "subset", f"no DestinationRule defines subset {each.subset} of {service.name}"
    return None if lacking else _without_pods(service, known[0][each.subset], graph, other)


def _without_pods(service: Item, subset: Subset, graph: Graph, other: Graph) -> tuple[str, str] | None:
    selector = as_map(service.get("spec", "selector"))
    if not selector or subset.pods(graph, service):
        return None
    others = [pods for pods in other.selected(service.namespace, selector) if not pods.item.brought]
    known = graph.pods_of(service) or others
    asked = labels_in_words({**selector, **subset.asked_of_pods})
    return ("pods", f"no pod has the labels {asked}") if known else None


def _title(key: tuple[str, str] | None, other: Graph, each: Destination) -> str:
    return f"Service {'/'.join(key)}" if key and key in other.services else f"a ServiceEntry for {each.host}"


def _gets_requests(each: Destination) -> bool:
    """Not so a copy, whose answers nobody sees, nor a share of nothing."""
    if each.path[3:4] != ("route",):
        return False
    weight = each.item.get(*each.path[:-1], "weight")
    alone = len(each.item.maps(*each.route, "route")) == 1
    return alone or weight is None or weight != 0


def subsets_of(graph: Graph) -> Subsets:
    """Host or wildcard -> the subsets that DestinationRules give it."""
    found: dict[str, list[Item]] = defaultdict(list)
    for item in graph.all_of_kind("DestinationRule"):
        found[host_of(item)].append(item)
    return {host: subsets(rules) for host, rules in found.items()}
