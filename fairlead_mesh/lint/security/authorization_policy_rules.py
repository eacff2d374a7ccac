"""Would istiod take every AuthorizationPolicy? Rules, sources, operations and conditions that say something."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map

IDENTITIES = ("principals", "notPrincipals", "namespaces", "notNamespaces")
ACCOUNTS = ("serviceAccounts", "notServiceAccounts")
CALLERS = (*IDENTITIES, *ACCOUNTS, "trustDomains", "notTrustDomains", "requestPrincipals", "notRequestPrincipals")
_BLOCKS = ("ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks")
_SOURCE = (*CALLERS, *_BLOCKS)
_OPERATION = ("hosts", "notHosts", "ports", "notPorts", "methods", "notMethods", "paths", "notPaths")
REFUSED = "so istiod rejects the policy"
_LAST_PORT = 65535
_DRY_RUN = "istio.io/dry-run"
_BOOLEANS = ("1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False")
"""What Go's strconv.ParseBool takes."""


def policy_rules(graph: Graph) -> Iterator[tuple[Item, Path, dict[str, Any], str]]:
    """Each rule of each AuthorizationPolicy: the policy, the path, the rule and the policy's action."""
    for item in graph.of_kind("AuthorizationPolicy"):
        for path, rule in item.maps("spec", "rules"):
            yield item, path, rule, str(item.get("spec", "action") or "ALLOW")


def parts(item: Item, rule: Path, key: str, inner: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The sources (`from`, `source`) or operations (`to`, `operation`) of a rule."""
    for path, part in item.maps(*rule, key):
        if isinstance(part.get(inner), dict):
            yield (*path, inner), as_map(part[inner])


@object_rule("webhook")
def dry_runs_are_of_allow_or_deny(graph: Graph) -> Iterator[Hit]:
    """The annotation istio.io/dry-run of an AuthorizationPolicy is true or false, and its action is ALLOW or DENY."""
    for item in graph.of_kind("AuthorizationPolicy"):
        action = str(item.get("spec", "action") or "ALLOW")
        said, place = item.annotations.get(_DRY_RUN), ("metadata", "annotations", _DRY_RUN)
        if said is not None and action not in ("ALLOW", "DENY"):
            message = f"{action} cannot be tried without being enforced, {REFUSED}"
            yield item.hit(place, message, "remove the annotation")
        elif said is not None and str(said) not in _BOOLEANS:
            yield item.hit(place, f"{said} is neither true nor false, {REFUSED}", "write 'true', or remove it")


@object_rule("webhook")
def denials_have_rules(graph: Graph) -> Iterator[Hit]:
    """A policy that denies, or delegates to a provider, needs rules; istiod rejects one without.

    An ALLOW policy without rules is different: it allows nothing.
    """
    for item in graph.of_kind("AuthorizationPolicy"):
        action = item.get("spec", "action")
        if action in ("DENY", "CUSTOM") and not item.entries("spec", "rules"):
            message = f"{action} without rules would never apply, {REFUSED}"
            yield item.hit(("spec", "action"), message, "add rules: [{}] for every request, or rules that say which")


@object_rule("webhook")
def providers_belong_to_custom_policies(graph: Graph) -> Iterator[Hit]:
    """CUSTOM uses an extension provider of the mesh config, and no other action does."""
    known = graph.mesh_config and graph.mesh_config.get("extensionProviders")
    names = [as_map(each).get("name") for each in known] if isinstance(known, list) else None  # pyright: ignore
    for item in graph.of_kind("AuthorizationPolicy"):
        action, provider = item.get("spec", "action"), item.get("spec", "provider")
        name = as_map(provider).get("name")
        if action == "CUSTOM" and not name and item.get("spec", "rules") is not None:
            remedy = "add provider: {name: ...}, one of meshConfig.extensionProviders"
            yield item.hit(("spec", "action"), f"CUSTOM has no provider, {REFUSED}", remedy)
        elif action != "CUSTOM" and provider is not None:
            message = f"{action or 'ALLOW'} uses no provider, {REFUSED}"
            yield item.hit(("spec", "provider"), message, "remove provider, or write action: CUSTOM")
        elif action == "CUSTOM" and names is not None and name not in names:
            message = f"meshConfig has no extension provider {name}, so every request that this matches is denied"
            known_names = ", ".join(str(each) for each in names) or "none"
            yield item.hit(
                ("spec", "provider", "name"), message, f"add it there, or use one that it has: {known_names}"
            )


@object_rule("webhook")
def policy_rules_say_something(graph: Graph) -> Iterator[Hit]:
    """An empty list or an empty value in a rule means neither all nor nothing, so istiod rejects it."""
    for item, path, rule, _ in policy_rules(graph):
        for key, inner, fields in (("from", "source", _SOURCE), ("to", "operation", _OPERATION)):
            if key in rule and not item.entries(*path, key):
                message = f"an empty {key} matches neither all nor nothing, {REFUSED}"
                yield item.hit((*path, key), message, f"remove {key} to mean all, or add a {inner}")
            for place, part in item.maps(*path, key):
                if not any(as_map(part.get(inner)).get(field) for field in fields):
                    at = (*place, inner) if inner in part else place
                    message = f"an empty {inner} matches neither all nor nothing, {REFUSED}"
                    yield item.hit(at, message, f"add one of {', '.join(fields[:8:2])}, or remove {key} to mean all")
        for place, value in _values(item, path):
            if value == "":
                yield item.hit(place, f"an empty value matches nothing, {REFUSED}", _instead_of_nothing(item, place))


def _instead_of_nothing(item: Item, place: Path) -> str:
    """Whoever writes that a header is not empty means that there is one: without the list, there may be none."""
    *holder, field, _ = place
    asked = str(item.get(*holder, "key") or "it")
    return f"write values: ['*'] if {asked} is to be there" if field == "notValues" else "remove it, or write * for any"


def _values(item: Item, rule: Path) -> Iterator[tuple[Path, Any]]:
    found = [*parts(item, rule, "from", "source"), *parts(item, rule, "to", "operation"), *item.maps(*rule, "when")]
    for path, part in found:
        for key in part:
            yield from item.entries(*path, key)


@object_rule("webhook")
def policy_addresses_and_ports_are_numbers(graph: Graph) -> Iterator[Hit]:
    """Networks and ports in a policy are compared as numbers; istiod rejects anything else."""
    for item, path, _, _ in policy_rules(graph):
        for place, _ in parts(item, path, "from", "source"):
            for at, block in (entry for key in _BLOCKS for entry in item.entries(*place, key)):
                if block and not is_network(str(block)):
                    message = f"{block} is neither an address nor a network, {REFUSED}"
                    yield item.hit(at, message, "write 203.0.113.7 or 203.0.113.0/24")
        for place, _ in parts(item, path, "to", "operation"):
            for at, port in (entry for key in ("ports", "notPorts") for entry in item.entries(*place, key)):
                if port and not is_port(str(port)):
                    message = f"{port} is not a port from 0 to 65535, {REFUSED}"
                    yield item.hit(at, message, 'write the number that the pod listens on in quotes, such as "8080"')


def is_network(text: str) -> bool:
    """Whether this is an address or a network, be it with bits behind its prefix."""
    try:
        return bool(ip_network(text, strict=False))
    except ValueError:
        return False


def is_port(text: str) -> bool:
    """Whether this is the number of a port."""
    return text.isdigit() and int(text) <= _LAST_PORT
