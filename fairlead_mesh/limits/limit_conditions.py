"""Which requests does a limit count? Its conditions, as an action that gives them a descriptor."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from fairlead_mesh.access.identities import Identities
from fairlead_mesh.limits.rate_limit import RateLimit

KEY = "limit"
"""Key of the descriptor that says which limit is meant."""
_CLIENT = "x-forwarded-client-cert"


def counted(limit: RateLimit, value: str, known: Identities) -> dict[str, Any]:
    """The action that names the limit by `value` for the requests that it is for."""
    named = {"descriptor_key": KEY, "descriptor_value": value}
    headers = list(_headers(limit, known))
    return {"header_value_match": {**named, "headers": headers}} if headers else {"generic_key": named}


def _headers(limit: RateLimit, known: Identities) -> Iterator[dict[str, Any]]:
    if limit.paths:
        yield _matched(":path", rf"({_any_of(limit.paths)})(\?.*)?")
    if limit.methods:
        yield _matched(":method", _any_of(limit.methods))
    for name, values in limit.headers.items():
        yield _matched(name, _any_of(values))
    if limit.client:
        accounts = known.principals(known.apps.get(limit.client))
        yield _matched(_CLIENT, f".*URI=spiffe://({'|'.join(map(re.escape, accounts))})(;|,|$).*")


def _matched(name: str, regex: str) -> dict[str, Any]:
    return {"name": name, "string_match": {"safe_regex": {"regex": regex}}}


def _any_of(values: Sequence[str]) -> str:
    """An expression for values of which `*` is any text at one end, as in policies."""
    return "|".join(".*".join(re.escape(part) for part in value.split("*")) for value in values)
