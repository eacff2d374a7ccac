"""What would a stack file say of a policy for the pods of an app? Its `callers` or `deny`, `mtls`, `jwt`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

from fairlead_mesh.drafts.said import UnsaidError, part
from fairlead_mesh.istio import MODES
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps

Draft = dict[str, Any]
_KEYS = {"ALLOW": "callers", "DENY": "deny"}
_SUFFIX = {"callers": "-callers", "deny": "-deny"}
_WHO = ("principals", "namespaces", "ipBlocks", "remoteIpBlocks")
_WORDS = {mode: word for word, mode in MODES.items()}
_OF_USERS = "cluster.local/ns/"


def access_draft(item: Item, app: str) -> Draft:
    """Keys of the app, with the name of the object where a new one would get another. Raises UnsaidError."""
    key, value = _DRAFTS[item.kind](item)
    usual = f"{app}{_SUFFIX.get(key, '')}"
    return {key: value} | ({"objectNames": {key: item.name}} if item.name != usual else {})


def _clients(item: Item) -> tuple[str, Any]:
    said = part(item.spec, "selector", "action", "rules")
    action = str(said.get("action", "ALLOW"))
    if action not in _KEYS:
        raise UnsaidError(f"action {action}")
    found = [client for rule in as_list(said.get("rules")) for client in _of_rule(as_map(rule))]
    if not found:
        raise UnsaidError("no rules")
    return _KEYS[action], found


def _of_rule(rule: Mapping[str, Any]) -> Iterator[Draft | str]:
    said = part(rule, "from", "to", "when")
    conditions = dict(_condition(each) for each in as_maps(said.get("when")))
    headers = {name: values for (kind, name), values in conditions.items() if kind == "headers"}
    claims = {name: values for (kind, name), values in conditions.items() if kind == "claims"}
    more = ({"headers": headers} if headers else {}) | ({"claims": claims} if claims else {})
    sources = [who for each in as_maps(said.get("from")) or [{}] for who in _who(as_map(each.get("source")))]
    operations = [_which(as_map(each.get("operation"))) for each in as_maps(said.get("to")) or [{}]]
    for who, which in product(sources, operations):
        yield (who | which | more) or "*"


def _who(source: Mapping[str, Any]) -> Iterator[Draft]:
    said = part(source, *_WHO)
    if not said:
        yield {}
    if len(said) > 1:
        raise UnsaidError(" with ".join(sorted(said)))
    for key, values in said.items():
        for value in map(str, as_list(values)):
            yield _client(key, value)


def _client(key: str, value: str) -> Draft:
    if key == "namespaces" and "*" not in value:
        return {"namespace": value}
    if key == "ipBlocks" and "/" in value:
        return {"cidr": value}
    namespace, middle, account = value.removeprefix(_OF_USERS).partition("/sa/")
    if key == "principals" and value.startswith(_OF_USERS) and middle and "*" not in value:
        return {"serviceAccount": f"{namespace}/{account}"}
    raise UnsaidError(f"{key} {value}")


def _which(operation: Mapping[str, Any]) -> Draft:
    said = part(operation, "methods", "paths", "ports")
    return said | ({"ports": [int(each) for each in as_list(said["ports"])]} if "ports" in said else {})


def _condition(when: Mapping[str, Any]) -> tuple[tuple[str, str], list[str]]:
    said = part(when, "key", "values")
    kind, _, name = str(said.get("key", "")).removesuffix("]").partition("[")
    known = {"request.headers": "headers", "request.auth.claims": "claims"}
    if kind not in known or "[" in name:
        raise UnsaidError(f"when {said.get('key')}")
    return (known[kind], name), [str(each) for each in as_list(said.get("values"))]


def _modes(item: Item) -> tuple[str, Any]:
    said = part(item.spec, "selector", "mtls", "portLevelMtls")
    ports = {str(port): _mode(each) for port, each in as_map(said.get("portLevelMtls")).items()}
    return "mtls", ({"mode": _mode(said["mtls"])} if "mtls" in said else {}) | ({"ports": ports} if ports else {})


def _mode(said: Any) -> str:
    mode = str(part(said, "mode").get("mode"))
    if mode not in _WORDS:
        raise UnsaidError(f"mode {mode}")
    return _WORDS[mode]


def _tokens(item: Item) -> tuple[str, Any]:
    rules = as_maps(part(item.spec, "selector", "jwtRules").get("jwtRules"))
    if len(rules) != 1:
        raise UnsaidError("several issuers" if rules else "no issuer")
    said = part(rules[0], "issuer", "jwksUri", "jwks", "audiences", "forwardOriginalToken", "fromParams", "fromHeaders",
                "outputClaimToHeaders")  # fmt: skip
    # Without a policy that asks for a token, requests without one pass.
    found: Draft = {key: said[key] for key in ("issuer", "jwksUri", "jwks", "audiences", "fromParams") if key in said}
    found |= {"required": False} | ({"forward": True} if said.get("forwardOriginalToken") else {})
    names = [str(part(each, "name").get("name")) for each in as_maps(said.get("fromHeaders"))]
    claims = {str(each.get("header")): each.get("claim") for each in as_maps(said.get("outputClaimToHeaders"))}
    return "jwt", found | ({"fromHeaders": names} if names else {}) | ({"claimsToHeaders": claims} if claims else {})


_DRAFTS: dict[str, Callable[[Item], tuple[str, Any]]] = {
    "AuthorizationPolicy": _clients,
    "PeerAuthentication": _modes,
    "RequestAuthentication": _tokens,
}
OF_APPS = frozenset(_DRAFTS)
