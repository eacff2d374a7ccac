"""Is there a token behind what AuthorizationPolicies ask of requests, and an account behind those of clients?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.lint.security.authorization_policy_caller_rules import accounts_by_namespace
from fairlead_mesh.lint.security.authorization_policy_rules import ACCOUNTS, parts, policy_rules
from fairlead_mesh.model.elsewhere import missing_namespace, without_namespace
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.reach import issuers, reach

_ASKED = ("requestPrincipals", "notRequestPrincipals")
_BY_MTLS: dict[str | int, str] = {"requestPrincipals": "principals", "notRequestPrincipals": "notPrincipals"}
_OF_TOKENS = "request.auth."
_OF_CLIENTS = "/ns/"


@object_rule("KIA0101", severity="warning")
def request_principals_have_request_authentication(graph: Graph) -> Iterator[Hit]:
    """A rule on request principals or claims needs a RequestAuthentication for its pods, with the issuer it names.

    Without one no token is read: ALLOW answers 403 to everybody, and DENY with a notRequestPrincipals denies all.
    """
    checkers: dict[str, list[Item]] = defaultdict(list)
    for item in graph.all_of_kind("RequestAuthentication"):
        checkers[item.namespace].append(item)
    for item, rule, _, _ in policy_rules(graph):
        asked = list(_asked(item, rule))
        whom = reach(graph, item)
        pods = whom.pods(graph) if asked and not whom.targets else []
        near = dict.fromkeys([graph.root_namespace, *(pod.namespace for pod in pods)])
        applied = [each for home in near for each in checkers.get(home, ()) if _applies(graph, each, pods)]
        known = sorted({issuer for each in applied for issuer in issuers(each)})
        for path, principal in asked if pods else ():
            issuer = principal.rpartition("/")[0]
            if _OF_CLIENTS in f"/{principal}" and not applied:
                message = (
                    f"{principal} is who a client is by mTLS, and a request principal is issuer/subject of a token"
                )
                yield item.hit(path, message, f"write it under {_BY_MTLS.get(path[-2], 'principals')}")
            elif not applied:
                message = f"no RequestAuthentication applies to {pods[0].item}, so no token is read there"
                # Files without any are those of a mesh whose tokens others look after.
                severity = None if checkers or not graph.closed else "info"
                remedy = "add one with the issuer of the tokens, or remove this"
                yield item.hit(path, message, remedy, severity=severity)
            elif principal and "/" not in principal and "*" not in principal:
                message = f"a request principal is issuer/subject, so {principal} is nobody's"
                yield item.hit(path, message, f"write {known[0] if known else 'the issuer'}/{principal}")
            elif issuer and "*" not in issuer and known and issuer not in known:
                message = f"no RequestAuthentication of these pods accepts tokens of {issuer}"
                yield item.hit(path, message, f"write issuer/subject, with one of {', '.join(known)}")


def _applies(graph: Graph, item: Item, pods: Sequence[Workload]) -> bool:
    whom = reach(graph, item)
    return any(whom.holds_for(pod.namespace, pod.labels) for pod in pods)


def _asked(item: Item, rule: Path) -> Iterator[tuple[Path, str]]:
    """Where a rule speaks of tokens, and the request principal that it names."""
    for place, _ in parts(item, rule, "from", "source"):
        yield from ((at, str(name)) for key in _ASKED for at, name in item.entries(*place, key))
    for place, condition in item.maps(*rule, "when"):
        if str(condition.get("key")).startswith(_OF_TOKENS):
            yield (*place, "key"), ""


@object_rule("KIA0106", severity="warning")
def service_accounts_of_policies_exist(graph: Graph) -> Iterator[Hit]:
    """A policy that names service accounts names ones that pods run as, in a namespace that exists."""
    accounts = graph.once(accounts_by_namespace)
    known = {*graph.namespaces, *graph.workloads, graph.root_namespace, *(item.namespace for item in graph.items)}
    for item, rule, _, _ in policy_rules(graph):
        for place, _ in parts(item, rule, "from", "source"):
            for at, namespace, account in _named(item, place):
                if namespace not in known:
                    severity = missing_namespace(graph, namespace, known)
                    message = f"{without_namespace(namespace, severity)} this matches no client"
                    yield item.hit(at, message, "write a namespace that exists", severity=severity)
                elif account and graph.workloads.get(namespace) and account not in accounts[namespace]:
                    message = f"no pod in {namespace} runs as {account}, so this matches no client"
                    remedy = (
                        f"write the serviceAccountName of the client pods: {', '.join(sorted(accounts[namespace]))}"
                    )
                    yield item.hit(at, message, remedy)


def _named(item: Item, place: Path) -> Iterator[tuple[Path, str, str]]:
    """Namespace and account of each; of a principal the namespace alone, whose account another rule knows."""
    for key in ACCOUNTS:
        for at, name in item.entries(*place, key):
            namespace, slash, account = str(name).rpartition("/")
            if "*" not in str(name) and name:
                yield at, namespace if slash else item.namespace, account
    for key in ("principals", "notPrincipals"):
        for at, name in item.entries(*place, key):
            _, ns, rest = str(name).partition("/ns/")
            if ns and "*" not in str(name):
                yield at, rest.partition("/")[0], ""
