"""How are the calls of an AuthorizationPolicy told to people? `requests from namespace web for GET /info*`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from fairlead.effects.words import few
from fairlead_mesh.model.security.calls import WHEN, WHEN_NOT, Call, merged

_PRINCIPAL = re.compile(r"[^/]+/ns/([^/]+)/sa/([^/]+)")
_MOST = 3
_SOURCES = {
    "principals": "from {}",
    "notPrincipals": "not from {}",
    "serviceAccounts": "from service account {}",
    "notServiceAccounts": "not from service account {}",
    "namespaces": "from namespace {}",
    "notNamespaces": "from outside namespace {}",
    "trustDomains": "from trust domain {}",
    "notTrustDomains": "from outside trust domain {}",
    "requestPrincipals": "with a JWT of {}",
    "notRequestPrincipals": "without a JWT of {}",
    "ipBlocks": "from {}",
    "notIpBlocks": "from outside {}",
    "remoteIpBlocks": "from client IP {}",
    "notRemoteIpBlocks": "from client IPs outside {}",
}
_WHOLE = {
    "principals": "from clients with mTLS",
    "notPrincipals": "from clients without mTLS",
    "namespaces": "from any namespace of the mesh",
    "notNamespaces": "from clients without mTLS",
    "requestPrincipals": "with a valid JWT",
    "notRequestPrincipals": "without a valid JWT",
}
_OPERATIONS = {
    "notMethods": "except {}",
    "notPaths": "except for {}",
    "hosts": "to host {}",
    "notHosts": "to hosts other than {}",
    "ports": "on port {}",
    "notPorts": "on ports other than {}",
}


def in_words(pieces: Iterable[Call]) -> str:
    """All of these calls; of many the first few and a number."""
    return few([call_in_words(each) for each in merged(pieces)], _MOST)


def call_in_words(call: Call) -> str:
    """`requests from namespace web for GET /info*`; `all requests` without a condition."""
    parts = list(_parts(dict(call.conditions)))
    return " ".join(["requests", *parts]) if parts else "all requests"


def refusal(call: Call) -> str:
    """`requests from namespace web are denied`."""
    return f"{call_in_words(call)} are denied"


def accounts_alone(call: Call) -> set[str]:
    """The service accounts that a call is from, `namespace/name`; none where it asks for anything else as well."""
    (field, values), *more = call.conditions or (("", ()),)
    if field == "serviceAccounts" and not more:
        return set(values)
    found = [_PRINCIPAL.fullmatch(each) for each in values] if field == "principals" and not more else []
    return {f"{each[1]}/{each[2]}" for each in found if each} if all(found) else set()


def _parts(fields: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for field, words in _SOURCES.items():
        if field in fields:
            yield _source(field, words, fields[field])
    asked = " ".join(" or ".join(fields[field]) for field in ("methods", "paths") if field in fields)
    if asked:
        yield f"for {asked}"
    for field, words in _OPERATIONS.items():
        if field in fields:
            yield words.format(" or ".join(fields[field]))
    for field, values in sorted(fields.items()):
        if field.startswith(WHEN_NOT):
            yield f"when {field.removeprefix(WHEN_NOT)} is not {' or '.join(values)}"
        elif field.startswith(WHEN):
            yield f"when {field.removeprefix(WHEN)} is {' or '.join(values)}"


def _source(field: str, words: str, values: tuple[str, ...]) -> str:
    if "*" in values and field in _WHOLE:
        return _WHOLE[field]
    return words.format(" or ".join(_account(value) if "rincipals" in field else value for value in values))


def _account(principal: str) -> str:
    """`service account shop/cart` for the principal of a service account."""
    found = _PRINCIPAL.fullmatch(principal)
    return f"service account {found[1]}/{found[2]}" if found else principal
