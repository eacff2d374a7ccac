"""Do the conditions and the HTTP parts of AuthorizationPolicies ask what Envoy knows?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.lint.security.authorization_policy_rules import is_network, is_port, parts, policy_rules
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.sidecars import has_sidecar, is_gateway
from fairlead_mesh.model.protocols import TCP, TLS, service_protocol
from fairlead_mesh.model.reach import reach

_OF_THE_CALLER = ("ip", "namespace", "serviceAccount", "principal", "trustDomain")
_KEYS = (
    *(f"source.{name}" for name in _OF_THE_CALLER),
    *(f"request.auth.{name}" for name in ("principal", "audiences", "presenter")),
    *("remote.ip", "destination.ip", "destination.port", "connection.sni"),
)
_MAPS = ("request.headers", "request.auth.claims", "experimental.envoy.filters.")
_ELSEWHERE = {
    "destination.namespace": "the policy's own namespace decides it",
    "destination.name": "use spec.selector",
    "destination.user": "use spec.selector",
}
_BRACKETS = re.compile(r"[^\[]+\[.+\]")
_METHODS = ("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE")
_HTTP_SOURCE = ("requestPrincipals", "notRequestPrincipals")
_TCP_SOURCE = ("principals", "namespaces", "ipBlocks", "remoteIpBlocks", "serviceAccounts", "trustDomains")
_HTTP_OPERATION = ("hosts", "notHosts", "methods", "notMethods", "paths", "notPaths")
_PLAIN = (*TCP, *TLS)


@object_rule("webhook")
def conditions_ask_what_envoy_knows(graph: Graph) -> Iterator[Hit]:
    """A condition has an attribute that Envoy supports and a value to compare; istiod rejects anything else."""
    for item, path, _, _ in policy_rules(graph):
        for place, condition in item.maps(*path, "when"):
            key = str(condition.get("key") or "")
            at: Path = (*place, "key") if "key" in condition else place
            if why := _unknown(key):
                remedy = "write one such as source.ip, request.headers[x-team] or request.auth.claims[groups]"
                yield item.hit(at, f"{why}, so istiod rejects the policy", remedy)
            elif not condition.get("values") and not condition.get("notValues"):
                message = f"{key} has no values, so istiod rejects the policy"
                yield item.hit(at, message, "add values: [...] or notValues: [...]")
            for where, value in (entry for name in ("values", "notValues") for entry in item.entries(*place, name)):
                addressed = key in ("source.ip", "remote.ip", "destination.ip")
                if (addressed and not is_network(str(value))) or (
                    key == "destination.port" and not is_port(str(value))
                ):
                    message = f"{key} is never {value}, so istiod rejects the policy"
                    yield item.hit(
                        where, message, "write an address or network" if addressed else "write a port number"
                    )


def _unknown(key: str) -> str:
    if key in _ELSEWHERE or key.startswith("destination.labels"):
        return f"{key} is not a condition: {_ELSEWHERE.get(key, 'use spec.selector')}"
    if key.startswith(_MAPS):
        return "" if _BRACKETS.fullmatch(key) else f"{key} needs a name in brackets"
    return "" if key in _KEYS else f"{key or 'an empty key'} is not an attribute that Envoy supports"


@object_rule("KIA0102", severity="warning")
def policy_methods_exist(graph: Graph) -> Iterator[Hit]:
    """Methods are compared with the request's, in capitals; one that HTTP does not have never matches.

    An ALLOW rule then allows nobody: `RBAC: access denied`, 403. gRPC is always POST, with the method in the path.
    """
    for item, path, _, _ in policy_rules(graph):
        for place, _ in parts(item, path, "to", "operation"):
            for at, method in (entry for key in ("methods", "notMethods") for entry in item.entries(*place, key)):
                if isinstance(method, str) and method and not _is_method(method):
                    upper = method.upper() in _METHODS
                    message = f"no request has the method {method}, so this never matches"
                    yield item.hit(at, message, f"write {method.upper() if upper else ', '.join(_METHODS[1:4])}")


def _is_method(method: str) -> bool:
    if method.endswith("*"):
        return any(known.startswith(method[:-1]) for known in _METHODS)
    if method.startswith("*"):
        return any(known.endswith(method[1:]) for known in _METHODS)
    return method in _METHODS or (method.isupper() and len(method) > len("GET"))


@object_rule("webhook", severity="warning")
def http_rules_meet_http_ports(graph: Graph) -> Iterator[Hit]:
    """Paths, methods and hosts exist only in HTTP: on a TCP port a DENY rule with them denies everything.

    An ALLOW rule with them allows nothing there. Either way the connections of clients are closed, and nothing that
    they send reaches the app.
    """
    known: dict[tuple[str | None, str], dict[int, str | None]] = {}
    for item, path, _, action in policy_rules(graph):
        place, whom = _http_part(item, path), reach(graph, item)
        if not place or whom.targets or action not in ("ALLOW", "DENY"):
            continue
        key = (whom.namespace, str(whom.selector))
        ports = known[key] if key in known else known.setdefault(key, _ports(graph, item))
        plain = sorted(number for number, protocol in ports.items() if protocol in _PLAIN)
        if limits := _limits(item, path):
            plain = sorted(limits.intersection(plain))
            if plain and (action == "DENY" or limits.issubset(plain)):
                numbers = ", ".join(map(str, plain))
                does = "denies all traffic" if action == "DENY" else "allows no traffic"
                message = f"the pods' port {numbers} is not HTTP, so this rule {does} there"
                yield item.hit(place, message, "use rules on principals for ports that are not HTTP")
            continue
        limited = any(part.get("notPorts") for _, part in parts(item, path, "to", "operation"))
        if plain and not limited and (action == "DENY" or len(plain) == len(ports)):
            numbers = ", ".join(map(str, plain))
            does = "denies all traffic" if action == "DENY" else "allows no traffic"
            message = f"the pods' port {numbers} is not HTTP, so this rule {does} there"
            remedy = 'add ports: ["8080"] with those that use HTTP, and rules on principals for the others'
            yield item.hit(place, message, remedy)


def _limits(item: Item, rule: Path) -> set[int]:
    """The ports that operations with parts of HTTP name; none where one of them names none."""
    found = set[int]()
    for path, part in parts(item, rule, "to", "operation"):
        named = {int(str(port)) for _, port in item.entries(*path, "ports") if str(port).isdigit()}
        if any(part.get(key) for key in _HTTP_OPERATION):
            if not named:
                return set()
            found |= named
    return found


def _http_part(item: Item, rule: Path) -> Path | None:
    """The part of a rule that only HTTP has, where nothing in it works for TCP too."""
    operations = list(parts(item, rule, "to", "operation"))
    found = [(*path, key) for path, part in operations for key in _HTTP_OPERATION if part.get(key)]
    sources = list(parts(item, rule, "from", "source"))
    if not operations and not any(part.get(key) for _, part in sources for key in _TCP_SOURCE):
        found += [(*path, key) for path, part in sources for key in _HTTP_SOURCE if part.get(key)]
    return found[0] if found else None


def _ports(graph: Graph, item: Item) -> dict[int, str | None]:
    """The ports of the pods that a policy holds for, with the protocol that their Services say."""
    found: dict[int, str | None] = {}
    for workload in reach(graph, item).pods(graph):
        # A gateway ends TLS itself, so its ports say nothing of what its policies see.
        plain = is_gateway(workload) or has_sidecar(graph, workload) is False
        for service in [] if plain else graph.services_of.get(workload, []):
            for _, port in service.maps("spec", "ports"):
                number = workload.number_of(port)
                if number is not None:
                    found.setdefault(number, service_protocol(port))
    return found
