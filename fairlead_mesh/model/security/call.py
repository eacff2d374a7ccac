"""What does a policy compare of a call? The fields of sources and operations, the attributes of conditions.

Source: Istio's reference of AuthorizationPolicy and of its conditions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_list, as_map
from fairlead_mesh.model.requests.request import INTERNET, Request
from fairlead_mesh.model.security.networks import POD, SERVER, in_networks
from fairlead_mesh.model.traffic.undecided import UndecidedError

_LOCAL = "cluster.local"
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
    source: str = POD
    """Where the connection comes from: a POD, or the INTERNET."""
    policy_namespace: str = ""
    trust_domains: tuple[str, ...] = ()
    """The mesh's own and its aliases, which policies mean alike."""
    assumed: Mapping[str, bool] = field(default_factory=dict[str, bool])
    """What is taken for true or false of that which no object says."""


def field_meets(field: str, values: list[str], call: Call) -> bool:
    """Whether one of a field's values takes the call. Raises UndecidedError."""
    if field == "ipBlocks":
        return in_networks(values, call.source, "", call.assumed)
    if field == "remoteIpBlocks":
        return in_networks(values, *_remote(call), call.assumed)
    if field not in _FIELDS:
        raise UndecidedError(f"the field {field} of an AuthorizationPolicy is not supported here")
    found, compare = _FIELDS[field]
    return any(compare(each, value) for each in values for value in found(call))


def _accounts(call: Call) -> list[str]:
    known = _IDENTITY.fullmatch(call.identity)
    if not known:
        return []
    whole = f"{known['namespace']}/{known['account']}"
    return [whole, known["account"]] if known["namespace"] == call.policy_namespace else [whole]


def _request_principals(call: Call) -> list[str]:
    claims = call.claims or {}
    return [f"{claims['iss']}/{claims['sub']}"] if claims.get("iss") and claims.get("sub") else []


def _trust_domains(call: Call) -> list[str]:
    own = call.identity.removeprefix("spiffe://").partition("/")[0]
    return list(call.trust_domains if own in call.trust_domains else [own]) if own else []


def _principals(call: Call) -> list[str]:
    """Under each trust domain of the mesh, and `cluster.local`, which stands for it (ReplaceTrustDomainAliases in
    pilot/pkg/security/trustdomain)."""
    known = _IDENTITY.fullmatch(call.identity)
    if not known:
        return []
    own, _, rest = known["principal"].partition("/")
    alike = [*call.trust_domains, _LOCAL] if own in call.trust_domains else [own]
    return [f"{each}/{rest}" for each in dict.fromkeys(alike)]


def _remote(call: Call) -> tuple[str, str]:
    """Who Envoy takes for the client: whoever x-forwarded-for names last at a sidecar, else where the connection is
    from. A gateway has put the real client there."""
    if call.source == INTERNET or call.request is None:
        return call.source, ""
    if call.request.caller == INTERNET:
        return INTERNET, ""
    said = call.request.headers.get("x-forwarded-for", "")
    return POD, said.rpartition(",")[2].strip()


def condition_meets(key: str, values: list[str], call: Call) -> bool:
    """Whether one of a condition's values takes the call. Raises UndecidedError."""
    if key == "source.ip":
        return in_networks(values, call.source, "", call.assumed)
    if key == "remote.ip":
        return in_networks(values, *_remote(call), call.assumed)
    if key == "destination.ip":
        return in_networks(values, SERVER, "", call.assumed)
    compare = _any_or_pattern if key.startswith("request.headers") else _COMPARED.get(key, pattern)
    return any(compare(each, str(value)) for each in values for value in attribute(key, call))


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
    """The texts of a claim: numbers and the like are compared with nothing."""
    return [each for each in (as_list(value) if isinstance(value, list) else [value]) if isinstance(each, str)]


def pattern(pattern: str, value: str) -> bool:
    """Whether a value of an AuthorizationPolicy takes one of a call: as it is, by prefix, by suffix, or any."""
    if pattern == "*":
        return value != ""
    if pattern.startswith("*"):
        return value.endswith(pattern[1:])
    return value.startswith(pattern[:-1]) if pattern.endswith("*") else pattern == value


def _any_or_pattern(wanted: str, value: str) -> bool:
    """As `pattern`, but `*` takes an empty header too (HeaderMatcher in pilot/pkg/security/authz/matcher)."""
    return wanted == "*" or pattern(wanted, value)


def _path(template: str, path: str) -> bool:
    if "{" not in template:
        return pattern(template, path)
    parts = [{"{*}": "[^/]+", "{**}": ".*"}.get(each, re.escape(each)) for each in re.split(r"(\{\*{1,2}\})", template)]
    return re.fullmatch("".join(parts), path) is not None


def _namespace(wanted: str, identity: str) -> bool:
    """A namespace may have its asterisk anywhere, which then takes slashes too (srcNamespaceGenerator in
    pilot/pkg/security/authz/model)."""
    named = ".*".join(map(re.escape, wanted.split("*")))
    return re.fullmatch(f".*/ns/{named}/.*", identity) is not None


def _request_principal(wanted: str, value: str) -> bool:
    """Issuer and subject apart, as requestPrincipalGenerator takes them: of two asterisks only the first counts."""
    if wanted == "*":
        return True
    issuer, slash, subject = wanted.rpartition("/")
    given, _, name = value.rpartition("/")
    if wanted.startswith("*"):
        return pattern(issuer, given) and subject == name if slash else name.endswith(wanted[1:])
    if not wanted.endswith("*"):
        return bool(slash) and (issuer, subject) == (given, name)
    return issuer == given and pattern(subject, name) if slash else pattern(wanted, given)


def _regardless_of_case(wanted: str, value: str) -> bool:
    return pattern(wanted.lower(), value.lower())


_ATTRIBUTES: dict[str, Callable[[Call], list[Any]]] = {
    "request.auth.principal": _request_principals,
    "request.auth.audiences": lambda call: _listed((call.claims or {}).get("aud")),
    "request.auth.presenter": lambda call: _listed((call.claims or {}).get("azp")),
    "source.namespace": lambda call: [call.identity],
    "source.trustDomain": _trust_domains,
    "source.serviceAccount": _accounts,
    "source.principal": _principals,
    "destination.port": lambda call: [call.port],
    "connection.sni": lambda call: [call.sni] if call.sni else [],
}
_COMPARED: dict[str, Callable[[str, str], bool]] = {
    "source.namespace": _namespace,
    "request.auth.principal": _request_principal,
    "source.serviceAccount": str.__eq__,
}
_FIELDS: dict[str, tuple[Callable[[Call], list[str]], Callable[[str, str], bool]]] = {
    "principals": (_principals, pattern),
    "namespaces": (lambda call: [call.identity], _namespace),
    "trustDomains": (_trust_domains, pattern),
    "serviceAccounts": (_accounts, str.__eq__),
    "requestPrincipals": (_request_principals, _request_principal),
    "ports": (lambda call: [str(call.port)], str.__eq__),
    "methods": (lambda call: [call.request.method] if call.request else [], pattern),
    "paths": (lambda call: [call.request.bare_path] if call.request else [], _path),
    "hosts": (lambda call: [call.request.authority] if call.request else [], _regardless_of_case),
}
"""Field of a source or an operation -> its values for a call, and how a policy's value takes one."""
