"""Do sources and targets of AuthorizationPolicies go together, and is anybody allowed?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.lint.security.authorization_policy_rules import (
    ACCOUNTS,
    CALLERS,
    IDENTITIES,
    REFUSED,
    parts,
    policy_rules,
)
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.reach import targeted
from fairlead_mesh.model.security.authorization import action, has_rules

_NOT_CUSTOM_KEYS = ("source.namespace", "source.serviceAccount", "source.trustDomain", "source.principal")


@object_rule("webhook")
def principals_stand_without_service_accounts(graph: Graph) -> Iterator[Hit]:
    """`serviceAccounts` contains namespace and account, so istiod rejects principals or namespaces beside it."""
    for item, path, _, _ in policy_rules(graph):
        for place, source in parts(item, path, "from", "source"):
            accounts = next((key for key in ACCOUNTS if source.get(key)), None)
            identities = next((key for key in IDENTITIES if source.get(key)), None)
            if accounts and identities:
                message = f"{identities} is set too, {REFUSED}"
                yield item.hit((*place, accounts), message, f"write namespace/account here and remove {identities}")
            for key in ACCOUNTS:
                for at, account in item.entries(*place, key):
                    if "*" in str(account) or str(account).count("/") > 1:
                        message = f"a service account is account or namespace/account without *, {REFUSED}"
                        yield item.hit(at, message, "write namespace/account, or use principals for patterns")


@object_rule("webhook")
def custom_policies_ask_before_identity(graph: Graph) -> Iterator[Hit]:
    """CUSTOM is evaluated before the client's identity is known, so istiod rejects rules on it."""
    for item, path, _, does in policy_rules(graph):
        if does != "CUSTOM":
            continue
        remedy = "use ipBlocks, hosts, paths, methods or ports, and a second policy with ALLOW or DENY for identities"
        for place, source in parts(item, path, "from", "source"):
            for key in (key for key in CALLERS if source.get(key)):
                yield item.hit((*place, key), f"CUSTOM cannot use {key}, {REFUSED}", remedy)
        for place, condition in item.maps(*path, "when"):
            key = str(condition.get("key"))
            if key in _NOT_CUSTOM_KEYS or key.startswith("request.auth."):
                yield item.hit((*place, "key"), f"CUSTOM cannot use {key}, {REFUSED}", remedy)


@object_rule("KIA0104", severity="warning")
def policy_hosts_exist(graph: Graph) -> Iterator[Hit]:
    """A host in a policy is compared with the request's; the name of a Service that does not exist is never sent."""
    routes = graph.all_of_kind("VirtualService", "ServiceEntry")
    known = {str(host) for item in routes for _, host in item.entries("spec", "hosts")}
    for namespace, service in graph.services:
        known.update((f"{service}.{namespace}", f"{service}.{namespace}.svc.cluster.local"))
    for item, path, _, _ in policy_rules(graph):
        for place, _ in parts(item, path, "to", "operation"):
            for at, host in item.entries(*place, "hosts"):
                name = str(host).partition(":")[0]
                if _means_a_service(graph, item, name) and name not in known:
                    message = f"there is no Service {name}, so no request has this host and the rule never matches"
                    yield item.hit(at, message, "write the host as clients send it", severity="warning")


def _means_a_service(graph: Graph, item: Item, name: str) -> bool:
    if "*" in name or item.namespace == graph.root_namespace:
        return False
    _, _, namespace = name.partition(".")
    return name.endswith(".svc.cluster.local") or namespace in graph.namespaces


@object_rule(severity="info")
def somebody_is_allowed(graph: Graph) -> Iterator[Hit]:
    """A policy without rules allows nothing: every request to its pods gets `RBAC: access denied`, 403.

    As a default beside policies that allow something it is good practice; alone it closes a namespace.
    """
    allowing = {
        item.namespace
        for item in graph.all_of_kind("AuthorizationPolicy")
        if has_rules(item) and action(item) == "ALLOW"
    }
    for item in graph.of_kind("AuthorizationPolicy"):
        open_ended = action(item) == "ALLOW" and not has_rules(item)
        if open_ended and not targeted(item) and allowing.isdisjoint({item.namespace, graph.root_namespace}):
            if item.namespace == graph.root_namespace and allowing:
                continue
            at = ("spec", "rules") if "rules" in item.spec else ("spec",) if "spec" in item.manifest else ("metadata",)
            message = (
                f"this allows nothing, and no other policy in {item.namespace} allows anything: all requests get 403"
            )
            yield item.hit(
                at, message, "add rules: [{}] to allow everything, or policies for the clients that may call"
            )
