"""Do the subsets exist that a VirtualService sends requests to, and do they hold for all callers?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from fairlead_mesh.findings import Hit, Severity
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.backends import Backends
from fairlead_mesh.model.clients import Clients
from fairlead_mesh.model.destination_rules import Client, DestinationRules, host_of, subsets
from fairlead_mesh.model.graph import Graph, full_host
from fairlead_mesh.model.hostnames import is_label
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.virtual_service import Destination, destinations, gateways, is_on_gateway, is_on_mesh, strings
from fairlead_mesh.model.virtual_service import virtual_services as all_of


@object_rule("IST0101", "KIA1107")
def subsets_of_routes_exist(graph: Graph) -> Iterator[Hit]:
    """The subset of a destination is defined in a DestinationRule for its host; otherwise its requests get 503.

    The usual outage of a canary: the VirtualService is applied, the DestinationRule is not, or spells it differently.
    """
    clients, backends = graph.once(Clients), graph.once(Backends)
    for item in all_of(graph):
        for each in destinations(item):
            if not is_label(each.subset) or backends.meant(each.host, item.namespace):
                continue
            lacking = [(client, known) for client, known in clients.subsets(each) if each.subset not in known]
            if not lacking:
                continue
            if _is_in_another_form(graph, each):
                continue
            found = list(clients.rules.about(each.full_host))
            names = sorted({name for _, known in lacking for name in known})
            seen = bool(found or backends.visible(each.host, item.namespace))
            # Files with rules for some hosts are likely to have those of others too.
            beside = any(rule.namespace == item.namespace for rule in graph.all_of_kind("DestinationRule"))
            if seen or beside or not graph.closed:
                message, remedy = _lack(each, lacking[0][0], names, found)
                later = graph.closed and (not seen or _is_placed_later(item, each, found))
                severity = "info" if later else _severity(graph, names)
                yield item.hit((*each.path, "subset"), message, remedy, severity=severity)


def _is_in_another_form(graph: Graph, each: Destination) -> bool:
    """Whether a form of the host's rule that another file has, and that is not applied last, defines the subset."""
    forms = (form for kept, others in graph.repeated for form in others if kept.kind == "DestinationRule")
    return any(each.subset in subsets([form]) for form in forms if host_of(form) == each.full_host)


def _is_placed_later(item: Item, each: Destination, found: list[Item]) -> bool:
    """Whether a rule that has the subset says no namespace, or the route does not: `kubectl apply -n` says which."""
    having = [rule for rule in found if each.subset in subsets([rule])]
    return any(("namespace" in rule.metadata) != ("namespace" in item.metadata) for rule in having) or any(
        "namespace" not in rule.metadata for rule in having
    )


def _severity(graph: Graph, names: list[str]) -> Severity:
    """Files without any DestinationRule are more often half of what is there than all of it."""
    if names:
        return "error"
    return "info" if graph.closed and not graph.all_of_kind("DestinationRule") else graph.missing


def _lack(each: Destination, client: Client, names: list[str], found: list[Item]) -> tuple[str, str]:
    """The message and the remedy."""
    elsewhere = next((rule for rule in found if each.subset in subsets([rule])), None)
    if elsewhere:
        message = f"{elsewhere} defines it, and clients in {client.namespace} do not use that rule"
        remedy = f"define {each.subset} in the one rule of {each.full_host}, and export it to {client.namespace}"
        return f"{message}: their requests for {each.subset} get 503", remedy
    there = f"has {', '.join(names)}" if names else "has no subsets" if found else "is not known"
    message = f"the DestinationRule of {each.full_host} {there}: requests for {each.subset} get 503"
    return (
        message,
        f"add {'subset' if found else 'a DestinationRule with subset'} {each.subset}{' to it' if found else ''}",
    )


@object_rule("IST0140", severity="warning")
def gateways_repeat_the_subsets(graph: Graph) -> Iterator[Hit]:
    """Requests are routed once, at the gateway: the sidecars' split for the same host does not apply to them.

    Clients outside then get every version at once, while a test from inside the mesh shows the split at work. Subsets
    that each have all pods of the Service split nothing.
    """
    at_gateways = [item for item in all_of(graph) if is_on_gateway(item)]
    rules = graph.once(DestinationRules)
    split: dict[str, dict[str, None]] = defaultdict(dict)
    for item in graph.all_of_kind("VirtualService") if at_gateways else ():
        own = {full_host(name, item.namespace) for _, name in strings(item, "spec", "hosts")}
        chosen = [each for each in destinations(item) if each.subset and each.full_host in own]
        for host in sorted({each.full_host for each in chosen if is_on_mesh(item) and _divides(graph, rules, each)}):
            split[host][f"{item.namespace}/{item.name}"] = None
    for item in at_gateways:
        own_name = f"{item.namespace}/{item.name}"
        for each in destinations(item):
            others = split.get(each.full_host, {})
            if others and not each.subset and each.path[-1] == "destination" and own_name not in others:
                through = ", ".join(name for name in gateways(item) if name != "mesh")
                message = f"the subsets that {next(iter(others))} routes to do not apply to requests through {through}"
                yield item.hit((*each.path, "host"), message, "add the subsets and weights here too")


def _divides(graph: Graph, rules: DestinationRules, each: Destination) -> bool:
    """Whether requests for a subset are answered otherwise than those for its host: by fewer pods, or by a policy."""
    service = graph.service(each.full_host, "")
    pods = graph.pods_of(service) if service else []
    if not service or not pods:
        return True
    named = (subsets([rule]).get(each.subset) for rule in rules.about(each.full_host))
    return any(one.has_policy or not all(one.takes(pod.labels) for pod in pods) for one in named if one)
