"""Whom is a DestinationRule for? Its host, and others that are for the same one."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

from fairlead_mesh.findings import Hit, Severity
from fairlead_mesh.lint.conflict import conflict, conflicts_over
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.backends import Backends
from fairlead_mesh.model.destination_rules import placed_subsets, selector_of
from fairlead_mesh.model.elsewhere import Elsewhere, is_usual_host
from fairlead_mesh.model.graph import Graph, full_host
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN, complaint
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.traffic_policy import destination_rules

_REFUSED = "istiod's webhook rejects the whole DestinationRule"


def _host(item: Item) -> str:
    host = item.get("spec", "host")
    return host if isinstance(host, str) else ""


@object_rule("webhook")
def hosts_of_destination_rules_are_hosts(graph: Graph) -> Iterator[Hit]:
    """A DestinationRule is for one host, or for a wildcard such as `*.shop.svc.cluster.local`."""
    for item in destination_rules(graph):
        if item.get("spec") is not None and not _host(item):
            yield item.hit(
                ("spec",), f"it has no host; {_REFUSED}", "write host: <service>.<namespace>.svc.cluster.local"
            )
        elif _host(item) and (reason := complaint(_host(item), address=False)):
            remedy = "write host: <service>.<namespace>.svc.cluster.local"
            yield item.hit(("spec", "host"), f"{reason}; {_REFUSED}", remedy)


@object_rule("KIA0202", "IST0174")
def hosts_of_destination_rules_exist(graph: Graph) -> Iterator[Hit]:
    """A DestinationRule for a host that does not exist has no effect: no subset, no policy, and no error.

    Routes to its subsets get 503; a policy that should turn on TLS or a limit is not applied.
    """
    backends, elsewhere = graph.once(Backends), graph.once(Elsewhere)
    for item in destination_rules(graph):
        host = _host(item)
        if (
            "*" in host
            or not backends.knowable(host)
            or complaint(host, address=False)
            or backends.visible(host, item.namespace)
        ):
            continue
        if whole := backends.meant(host, item.namespace):
            message = "a name with a dot is a full host name, so this matches no Service and the rule has no effect"
            yield item.hit(("spec", "host"), message, f"write {whole}")
        # Of its own namespace, in which the files have no Service, it is worth a look.
        elif severity := elsewhere.missing_service(host, item.namespace) or _of_its_own(item):
            name = full_host(host, item.namespace)
            message = f"no Service or ServiceEntry {name} is known; without one the rule has no effect"
            remedy = "fix the name, or write the full name if the Service is in another namespace"
            yield item.hit(("spec", "host"), message, remedy, severity=severity)


def _of_its_own(item: Item) -> Severity | None:
    own = full_host(_host(item), item.namespace).endswith(f".{item.namespace}.{CLUSTER_DOMAIN}")
    return "info" if own and not is_usual_host(_host(item)) else None


@object_rule("KIA0201", severity="warning")
def hosts_have_one_destination_rule(graph: Graph) -> Iterator[Hit]:
    """Of two DestinationRules for a host in one namespace, the policy and the subsets of the older one apply.

    Different subsets are merged; a second policy, or a second subset of the same name, is silently dropped.
    """
    claims: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in graph.all_of_kind("DestinationRule"):
        if _host(item) and not selector_of(item):
            claims[item.namespace, full_host(_host(item), item.namespace)].append(item)
    for items in claims.values():
        said: dict[str, list[Item]] = defaultdict(list)
        for item in items if len(items) > 1 else ():
            for what in _said(item):
                said[what].append(item)
        for what, parts in conflicts_over(said, ("spec", "host")):
            alike = len({json.dumps(item.spec, sort_keys=True, default=str) for item, _ in parts}) == 1
            yield from conflict(
                parts,
                lambda others, what=what: f"{others[0].name} has {what} for this host too; only the oldest's applies",
                "remove one of them: they say the same" if alike else "put both into one DestinationRule",
                severity="info" if alike else None,
            )


def _said(item: Item) -> list[str]:
    names = {str(subset.get("name")) for _, subset in placed_subsets(item)}
    policy = ["a traffic policy"] if item.get("spec", "trafficPolicy") else []
    return [*policy, *(f"subset {name}" for name in sorted(names))]
