"""Does a policy let a request in? The AuthorizationPolicies that hold for the pods, asked as Envoy asks them.

CUSTOM first, then DENY, then ALLOW. On a port that speaks no HTTP an ALLOW rule with fields of HTTP allows nothing, and
a DENY rule is read without them (Istio's reference of AuthorizationPolicy; pilot/pkg/security/authz/model).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from mesh.model.authorization import action, is_enforced
from mesh.model.item import Item
from mesh.model.request import Request
from mesh.model.undecided import UndecidedError
from mesh.model.yaml_values import as_list, as_map, as_maps

_HTTP_FIELDS = ("hosts", "methods", "paths", "requestPrincipals", "remoteIpBlocks")
_IDENTITY = re.compile(r"spiffe://(?P<principal>[^/]+/ns/(?P<namespace>[^/]+)/sa/(?P<account>.+))")


@dataclass(frozen=True)
class Call:
    """A request as the pods' proxy sees it: `identity` is the caller's by mTLS, `request` None where the port speaks no
    HTTP; `port` is the pods' own."""

    identity: str
    port: int
    request: Request | None
    claims: Mapping[str, Any] | None = None
    sni: str = ""
    from_a_pod: bool = True


@dataclass(frozen=True)
class Verdict:
    """Whether a call gets in, and the policy that decides; None where no policy holds."""

    allowed: bool
    policy: Item | None = None
    reason: str = ""


def verdict(policies: Iterable[Item], call: Call, providers: Iterable[str]) -> Verdict:
    """What all policies together say of a call; `providers` are the mesh's extension providers by name.

    Raises UndecidedError where a provider decides, or an address does that nobody knows.
    """
    enforced = [item for item in policies if is_enforced(item)]
    for item in enforced:
        if action(item) == "CUSTOM" and _meets(item, call):
            name = as_map(item.get("spec", "provider")).get("name")
            if name in set(providers):
                raise UndecidedError(f"{name} decides, the provider of AuthorizationPolicy {item.namespace}/{item.name}")
            return Verdict(False, item, f"its provider {name} is none of the mesh, so every call is refused")
    for item in enforced:
        if action(item) == "DENY" and _meets(item, call):
            return Verdict(False, item, "a rule of it denies the call")
    allowing = [item for item in enforced if action(item) == "ALLOW"]
    for item in allowing:
        if _meets(item, call):
            return Verdict(True, item)
    return Verdict(not allowing, allowing[0] if allowing else None, "no rule of an ALLOW policy takes the call")


def _meets(policy: Item, call: Call) -> bool:
    denies = action(policy) in ("DENY", "CUSTOM")
    return any(_rule_meets(rule, call, denies=denies) for rule in as_maps(policy.get("spec", "rules")))


def _rule_meets(rule: Mapping[str, Any], call: Call, *, denies: bool) -> bool:
    sources = [as_map(each.get("source")) for each in as_maps(rule.get("from"))] or [{}]
    operations = [as_map(each.get("operation")) for each in as_maps(rule.get("to"))] or [{}]
    conditions = as_maps(rule.get("when"))
    if call.request is None:
        if denies:
            sources, operations = [_without_http(each) for each in sources], [_without_http(each) for each in operations]
            conditions = [each for each in conditions if not str(each.get("key")).startswith("request.")]
        elif _speaks_http(sources, operations, conditions):
            return False
    return (
        any(_fields_meet(each, call) for each in sources)
        and any(_fields_meet(each, call) for each in operations)
        and all(_condition_meets(each, call) for each in conditions)
    )


def _bare(field: str) -> str:
    return field[3:4].lower() + field[4:] if field.startswith("not") and field[3:4].isupper() else field


def _without_http(part: Mapping[str, Any]) -> dict[str, Any]:
    return {field: values for field, values in part.items() if _bare(field) not in _HTTP_FIELDS}


def _speaks_http(
    sources: Sequence[Mapping[str, Any]], operations: Sequence[Mapping[str, Any]], when: Sequence[Mapping[str, Any]]
) -> bool:
    fields = {_bare(field) for part in (*sources, *operations) for field, values in part.items() if values}
    return bool(fields & set(_HTTP_FIELDS)) or any(str(each.get("key")).startswith("request.") for each in when)


def _fields_meet(part: Mapping[str, Any], call: Call) -> bool:
    for field, values in part.items():
        listed = [str(each) for each in as_list(values)]
        if listed and _field_meets(_bare(field), listed, call) == (_bare(field) != field):
            return False
    return True


def _field_meets(field: str, values: list[str], call: Call) -> bool:
    known = _IDENTITY.fullmatch(call.identity)
    request = call.request
    match field:
        case "principals":
            return known is not None and any(pattern(each, known["principal"]) for each in values)
        case "namespaces":
            return known is not None and any(pattern(each, known["namespace"]) for each in values)
        case "serviceAccounts":
            own = f"{known['namespace']}/{known['account']}" if known else ""
            return known is not None and any(each in (own, known["account"]) for each in values)
        case "requestPrincipals":
            principal = request_principal(call.claims)
            return principal is not None and any(pattern(each, principal) for each in values)
        case "ports":
            return str(call.port) in values
        case "methods":
            return request is not None and any(pattern(each, request.method) for each in values)
        case "paths":
            return request is not None and any(_path(each, request.bare_path) for each in values)
        case "hosts":
            return request is not None and any(pattern(each.lower(), request.authority.lower()) for each in values)
        case "ipBlocks" | "remoteIpBlocks":
            return _in_networks(values, call)
        case _:
            raise UndecidedError(f"what {field} of an AuthorizationPolicy means is not known here")


def _in_networks(networks: list[str], call: Call) -> bool:
    """Whether the caller comes from these networks; pods of a cluster have no public addresses."""
    parsed = [ip_network(each, strict=False) for each in networks]
    if any(each.prefixlen == 0 for each in parsed):
        return True
    if call.from_a_pod and all(each.is_global or any(_within(each, other) for other in _EXAMPLES) for each in parsed):
        return False
    raise UndecidedError(f"the caller's address decides: a policy asks for {', '.join(networks)}")


_EXAMPLES = tuple(ip_network(each) for each in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))
"""Addresses for documentation (RFC 5737), which nobody has."""


def _within(network: Any, other: Any) -> bool:
    return network.version == other.version and network.subnet_of(other)


def _condition_meets(condition: Mapping[str, Any], call: Call) -> bool:
    key = str(condition.get("key"))
    wanted, unwanted = ([str(each) for each in as_list(condition.get(field))] for field in ("values", "notValues"))
    found = [str(each) for each in _attribute(key, call)]
    compare = _address if key.endswith(".ip") else pattern
    if wanted and not any(compare(each, value) for each in wanted for value in found):
        return False
    return not any(compare(each, value) for each in unwanted for value in found)


def _attribute(key: str, call: Call) -> list[Any]:
    """The values of an attribute of a call; none where it has none."""
    request, known = call.request, _IDENTITY.fullmatch(call.identity)
    name, _, inner = key.partition("[")
    inner_keys = re.findall(r"[^\[\]]+", f"[{inner}") if inner else []
    match name:
        case "request.headers":
            value = request.header(inner_keys[0]) if request and inner_keys else None
            return [] if value is None else [value]
        case "request.auth.claims":
            claim: Any = call.claims
            for each in inner_keys:
                claim = as_map(claim).get(each)
            return as_list(claim) if isinstance(claim, list) else [] if claim is None else [claim]
        case "request.auth.principal":
            principal = request_principal(call.claims)
            return [] if principal is None else [principal]
        case "request.auth.audiences":
            audience = (call.claims or {}).get("aud")
            return as_list(audience) if isinstance(audience, list) else [] if audience is None else [audience]
        case "source.namespace":
            return [known["namespace"]] if known else []
        case "source.principal":
            return [known["principal"]] if known else []
        case "destination.port":
            return [call.port]
        case "connection.sni":
            return [call.sni] if call.sni else []
        case _:
            raise UndecidedError(f"what {key} is for this call cannot be read from objects")


def request_principal(claims: Mapping[str, Any] | None) -> str | None:
    """`issuer/subject` of a token that was taken."""
    return None if claims is None else f"{claims.get('iss', '')}/{claims.get('sub', '')}"


def pattern(pattern: str, value: str) -> bool:
    """Whether a value of an AuthorizationPolicy takes one of a call: as it is, by prefix, by suffix, or any."""
    if pattern == "*":
        return value != ""
    if pattern.startswith("*"):
        return value.endswith(pattern[1:])
    return value.startswith(pattern[:-1]) if pattern.endswith("*") else pattern == value


def _path(template: str, path: str) -> bool:
    if "{" not in template:
        return pattern(template, path)
    parts = [{"{*}": "[^/]+", "{**}": ".*"}.get(each, re.escape(each)) for each in re.split(r"(\{\*{1,2}\})", template)]
    return re.fullmatch("".join(parts), path) is not None


def _address(network: str, address: str) -> bool:
    return ip_address(address) in ip_network(network, strict=False)
