"""Do the subsets exist that a VirtualService sends requests to, and do they hold for all callers?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from mesh.findings import Hit
from mesh.lint.rule import object_rule
from mesh.model.backends import Backends
from mesh.model.graph import Graph, full_host
from mesh.model.hostnames import is_label, patterns
from mesh.model.virtual_service import destinations, gateways, is_on_gateway, is_on_mesh, strings
from mesh.model.virtual_service import virtual_services as all_of


@object_rule("IST0101", "KIA1107")
def subsets_of_routes_exist(graph: Graph) -> Iterator[Hit]:
    """The subset of a destination is defined in a DestinationRule for its host; otherwise its requests get 503.

    The usual outage of a canary: the VirtualService is applied, the DestinationRule is not, or spells it differently.
    """
    known: dict[str, set[str]] = defaultdict(set)
    for rule in graph.all_of_kind("DestinationRule"):
        host = rule.get("spec", "host")
        if isinstance(host, str):
            names = {str(subset.get("name")) for _, subset in rule.maps("spec", "subsets")}
            known[full_host(host, rule.namespace)] |= names
    backends = Backends(graph)
    for item in all_of(graph):
        for each in destinations(item):
            if not is_label(each.subset) or backends.meant(each.host, item.namespace):
                continue
            found = [known[pattern] for pattern in patterns(each.full_host) if pattern in known]
            if any(each.subset in names for names in found):
                continue
            names = sorted({name for names in found for name in names})
            there = f"has {', '.join(names)}" if names else "has no subsets" if found else "is not known"
            message = f"the DestinationRule of {each.full_host} {there}: requests for {each.subset} get 503"
            remedy = f"add subset {each.subset} to it" if found else f"add a DestinationRule with subset {each.subset}"
            severity = "error" if names else graph.missing
            if found or backends.visible(each.host, item.namespace) or not graph.closed:
                yield item.hit((*each.path, "subset"), message, remedy, severity=severity)


@object_rule("IST0140", severity="warning")
def gateways_repeat_the_subsets(graph: Graph) -> Iterator[Hit]:
    """Requests are routed once, at the gateway: the sidecars' split for the same host does not apply to them.

    Clients outside then get every version at once, while a test from inside the mesh shows the split at work.
    """
    split: dict[str, dict[str, None]] = defaultdict(dict)
    for item in graph.all_of_kind("VirtualService"):
        own = {full_host(name, item.namespace) for _, name in strings(item, "spec", "hosts")}
        for host in sorted(
            {each.full_host for each in destinations(item) if each.subset} & own if is_on_mesh(item) else ()
        ):
            split[host][f"{item.namespace}/{item.name}"] = None
    for item in all_of(graph):
        if not is_on_gateway(item):
            continue
        own_name = f"{item.namespace}/{item.name}"
        for each in destinations(item):
            others = split.get(each.full_host, {})
            if others and not each.subset and each.path[-1] == "destination" and own_name not in others:
                through = ", ".join(name for name in gateways(item) if name != "mesh")
                message = f"the subsets that {next(iter(others))} routes to do not apply to requests through {through}"
                yield item.hit((*each.path, "host"), message, "add the subsets and weights here too")
