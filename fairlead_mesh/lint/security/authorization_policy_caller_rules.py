"""Do the callers that AuthorizationPolicies name exist, and can Envoy know them?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.lint.security.authorization_policy_rules import ACCOUNTS, IDENTITIES, parts, policy_rules
from fairlead_mesh.model.elsewhere import close, missing_namespace, without_namespace
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.reach import reach
from fairlead_mesh.model.security.mtls import PeerPolicies
from fairlead_mesh.model.security.trust import DEFAULT, trust_domains

_PRINCIPAL = re.compile(r"(?P<domain>[^/]+)/ns/(?P<namespace>[^/]+)/sa/(?P<account>[^/]+)")
_ALWAYS_THERE = ("default", "kube-node-lease", "kube-public", "kube-system")


@object_rule("IST0101", "KIA0101", severity="warning")
def caller_namespaces_exist(graph: Graph) -> Iterator[Hit]:
    """A policy with a namespace that does not exist matches no client: ALLOW allows nobody, DENY denies nobody."""
    known = {*_ALWAYS_THERE, graph.root_namespace, *graph.namespaces, *(item.namespace for item in graph.items)}
    for item, path, _, _ in policy_rules(graph):
        for place, _ in parts(item, path, "from", "source"):
            for at, name in (entry for key in ("namespaces", "notNamespaces") for entry in item.entries(*place, key)):
                if isinstance(name, str) and name and not _is_known(name, known):
                    severity = missing_namespace(graph, name, known)
                    message = f"{without_namespace(name, severity)} no request comes from there"
                    remedy = f"write one that exists, such as {item.namespace}"
                    yield item.hit(at, message, remedy, severity=severity)


def _is_known(pattern: str, known: set[str]) -> bool:
    if pattern.startswith("*"):
        return any(name.endswith(pattern[1:]) for name in known)
    return any(name.startswith(pattern[:-1]) for name in known) if pattern.endswith("*") else pattern.lower() in known


@object_rule("KIA0106")
def principals_are_accounts_of_the_mesh(graph: Graph) -> Iterator[Hit]:
    """A principal is trust-domain/ns/namespace/sa/account, and the client pods run as that service account.

    A misspelt one never matches: the client gets `RBAC: access denied`, 403, or a DENY rule does not apply to it.
    """
    accounts, known_domains = graph.once(accounts_by_namespace), [*trust_domains(graph.mesh_config), DEFAULT]
    whole = {workload.namespace for workload in graph.pods.all if not workload.item.brought}
    whole -= {workload.namespace for workload in graph.pods.all if workload.item.brought}
    for item, path, _, _ in policy_rules(graph):
        for place, _ in parts(item, path, "from", "source"):
            for at, name in (entry for key in ("principals", "notPrincipals") for entry in item.entries(*place, key)):
                if not isinstance(name, str) or not name or "*" in name:
                    continue
                found = _PRINCIPAL.fullmatch(name)
                if not found:
                    message = f"no client has the principal {name}, so this never matches"
                    remedy = "write cluster.local/ns/namespace/sa/account" + (
                        ", without spiffe://" if "://" in name else ""
                    )
                    yield item.hit(at, message, remedy)
                elif found["domain"] not in known_domains:
                    yield _of_another_domain(item, at, found["domain"], known_domains)
                elif found["namespace"] in whole and found["account"] not in accounts[found["namespace"]]:
                    message = f"no pod in {found['namespace']} runs as {found['account']}, so this matches no client"
                    known = ", ".join(sorted(accounts[found["namespace"]]))
                    remedy = (
                        f"write the serviceAccountName of the client pods; in {found['namespace']} there are {known}"
                    )
                    near = close(found["account"], sorted(accounts[found["namespace"]]))
                    severity = graph.missing if near or not graph.closed else "info"
                    yield item.hit(at, message, remedy, severity=severity)


def _of_another_domain(item: Item, at: Path, domain: str, known: list[str]) -> Hit:
    """That a principal has a trust domain that the mesh has not; another mesh may have it, a misspelt one nobody."""
    near = close(domain, known)
    message = f"the trust domain of the mesh is {known[0]}, so clients with {domain} are those of another mesh"
    remedy = f"write {near or known[0]}/ns/..., unless this client is in another mesh"
    return item.hit(at, message, remedy, severity=None if near else "info")


def accounts_by_namespace(graph: Graph) -> dict[str, set[str]]:
    """Namespace -> the accounts that exist or that something there runs as."""
    found: dict[str, set[str]] = defaultdict(lambda: {"default"})
    job = ("spec", "jobTemplate", "spec", "template", "spec", "serviceAccountName")
    places = (("spec", "template", "spec", "serviceAccountName"), job, ("spec", "serviceAccountName"))
    machines = (("spec", "serviceAccount"), ("spec", "template", "serviceAccount"))
    for item in graph.items:
        found[item.namespace].update(str(name) for place in (*places, *machines) if (name := item.get(*place)))
        if item.kind == "ServiceAccount":
            found[item.namespace].add(item.name)
    return found


@object_rule("KIA0105")
def callers_are_known_by_mtls(graph: Graph) -> Iterator[Hit]:
    """Only mTLS identifies clients, so where it is disabled a rule on principals or namespaces never matches.

    ALLOW then answers 403 to everyone, and DENY denies nobody.
    """
    policies = graph.once(PeerPolicies)
    for item, path, _, _ in policy_rules(graph):
        whom = reach(graph, item)
        namespace = whom.namespace
        if whom.targets or namespace is None:
            continue
        pods = whom.pods(graph) if whom.selector else []
        found = [policies.of_port(pod, None) for pod in pods] or [policies.of_namespace(namespace)]
        disabled = next((said_by for mode, said_by in found if mode == "DISABLE"), None)
        if disabled is None:
            continue
        for place, source in parts(item, path, "from", "source"):
            key = next((key for key in (*IDENTITIES, *ACCOUNTS) if source.get(key)), None)
            if key:
                message = f"{disabled} turns mTLS off, so clients have no identity and this never matches"
                remedy = "write mode: PERMISSIVE or STRICT there, or use ipBlocks"
                yield item.hit((*place, key), message, remedy, others=[(disabled, ("metadata", "name"))])
