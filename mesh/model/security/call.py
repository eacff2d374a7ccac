"""What does a policy compare of a call? The fields of sources and operations, the attributes of conditions.

Source: Istio's reference of AuthorizationPolicy and of its conditions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from mesh.model.traffic.request import Request
from mesh.model.traffic.undecided import UndecidedError
from mesh.model.yaml_values import as_list, as_map

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


def field_meets(field: str, values: list[str], call: Call) -> bool:
    """Whether one of a field's values takes the call. Raises UndecidedError."""
    if field in ("ipBlocks", "remoteIpBlocks"):
        return _in_networks(values, call)
    if field not in _FIELDS:
        raise UndecidedError(f"the field {field} of an AuthorizationPolicy is not supported here")
    found, compare = _FIELDS[field]
    return any(compare(each, value) for each in values for value in found(call))


def _of_identity(part: str) -> Callable[[Call], list[str]]:
    def found(call: Call) -> list[str]:
        known = _IDENTITY.fullmatch(call.identity)
        return [known[part]] if known else []

    return found


def _accounts(call: Call) -> list[str]:
    known = _IDENTITY.fullmatch(call.identity)
    return [known["account"], f"{known['namespace']}/{known['account']}"] if known else []


def _request_principals(call: Call) -> list[str]:
    return [] if call.claims is None else [f"{call.claims.get('iss', '')}/{call.claims.get('sub', '')}"]


def _of_request(part: Callable[[Request], str]) -> Callable[[Call], list[str]]:
    return lambda call: [] if call.request is None else [part(call.request)]


def _in_networks(networks: list[str], call: Call) -> bool:
    """Whether the caller comes from these networks; pods of a cluster have no public addresses."""
    parsed = [ip_network(each, strict=False) for each in networks]
    if any(each.prefixlen == 0 for each in parsed):
        return True
    if call.from_a_pod and all(each.is_global or any(_within(each, other) for other in _EXAMPLES) for each in parsed):
        return False
    raise UndecidedError(f"the client's IP address decides: a policy has {', '.join(networks)}")


_EXAMPLES = tuple(ip_network(each) for each in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))
"""Addresses for documentation (RFC 5737), which nobody has."""


def _within(network: Any, other: Any) -> bool:
    return network.version == other.version and network.subnet_of(other)


def attribute(key: str, call: Call) -> list[Any]:
    """The values of an attribute of a call; none where it has none."""
    name, _, inner = key.partition("[")
    inner_keys = re.findall(r"[^\[\]]+", f"[{inner}") if inner else []
    if name == "request.headers":
        value = call.request.header(inner_keys[0]) if call.request and inner_keys else None
        return [] if value is None else [value]
    if name == "request.auth.claims":
        claim: Any = call.claims
        for each in inner_keys:
            claim = as_map(claim).get(each)
        return _listed(claim)
    if name not in _ATTRIBUTES:
        raise UndecidedError(f"the value of {key} for this request is not in the objects")
    return _ATTRIBUTES[name](call)


def _listed(value: Any) -> list[Any]:
    return as_list(value) if isinstance(value, list) else [] if value is None else [value]


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


def in_network(network: str, address: str) -> bool:
    """Whether an address is in a network."""
    return ip_address(address) in ip_network(network, strict=False)


def _equal(one: str, other: str) -> bool:
    return one == other


def _regardless_of_case(wanted: str, value: str) -> bool:
    return pattern(wanted.lower(), value.lower())


_ATTRIBUTES: dict[str, Callable[[Call], list[Any]]] = {
    "request.auth.principal": _request_principals,
    "request.auth.audiences": lambda call: _listed((call.claims or {}).get("aud")),
    "source.namespace": _of_identity("namespace"),
    "source.principal": _of_identity("principal"),
    "destination.port": lambda call: [call.port],
    "connection.sni": lambda call: [call.sni] if call.sni else [],
}
_FIELDS: dict[str, tuple[Callable[[Call], list[str]], Callable[[str, str], bool]]] = {
    "principals": (_of_identity("principal"), pattern),
    "namespaces": (_of_identity("namespace"), pattern),
    "serviceAccounts": (_accounts, _equal),
    "requestPrincipals": (_request_principals, pattern),
    "ports": (lambda call: [str(call.port)], _equal),
    "methods": (_of_request(lambda request: request.method), pattern),
    "paths": (_of_request(lambda request: request.bare_path), _path),
    "hosts": (_of_request(lambda request: request.authority), _regardless_of_case),
}
"""Field of a source or an operation -> its values for a call, and how a policy's value takes one."""
