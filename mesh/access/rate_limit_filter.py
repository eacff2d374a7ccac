"""How do proxies limit requests? Envoy's local rate limit as an EnvoyFilter: a token bucket in each pod for each limit.

Sources: Istio's task on rate limits (local); Envoy's local_rate_limit filter. Every limit is a descriptor beside a
bucket that never runs out, as Envoy wants the interval of a descriptor to be a multiple of that bucket's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mesh.access.identities import Identities
from mesh.access.rate_limit import RateLimit
from mesh.apps.app import App
from mesh.keys.scalars import LARGEST
from mesh.keys.section import Manifest

_NAME = "envoy.filters.http.local_ratelimit"
_TYPE = "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_KEY = "limit"
_CLIENT = "x-forwarded-client-cert"


def rate_limit_filter(app: App, labels: Mapping[str, str], known: Identities) -> Manifest:
    """The EnvoyFilter of an app with limits."""
    patches = [
        {
            "applyTo": "HTTP_FILTER",
            "match": {
                "context": "SIDECAR_INBOUND",
                "listener": {"filterChain": {"filter": {"name": "envoy.filters.network.http_connection_manager"}}},
            },
            "patch": {
                "operation": "INSERT_BEFORE",
                # Without a bucket it does nothing where no route has its own.
                "value": {"name": _NAME, "typed_config": {"@type": _TYPE, "stat_prefix": "rate_limit"}},
            },
        },
        {
            "applyTo": "HTTP_ROUTE",
            "match": {"context": "SIDECAR_INBOUND", "routeConfiguration": {"vhost": {"route": {"action": "ANY"}}}},
            "patch": {
                "operation": "MERGE",
                "value": {
                    "route": {"rate_limits": _actions(app.rate_limits, known)},
                    "typed_per_filter_config": {_NAME: _settings(app.rate_limits)},
                },
            },
        },
    ]
    return {
        "apiVersion": "networking.istio.io/v1alpha3",
        "kind": "EnvoyFilter",
        "metadata": {"name": f"{app.name}-rate-limit", "namespace": app.namespace},
        "spec": {"workloadSelector": {"labels": dict(labels)}, "configPatches": patches},
    }


def _settings(limits: Sequence[RateLimit]) -> dict[str, Any]:
    always = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
    descriptors = [
        {"entries": [{"key": _KEY, "value": str(number)}], "token_bucket": _bucket(limit.requests, limit.unit)}
        for number, limit in enumerate(limits)
    ]
    return {
        "@type": _TYPE,
        "stat_prefix": "rate_limit",
        "token_bucket": _bucket(LARGEST, "second"),
        "filter_enabled": {"runtime_key": "local_rate_limit_enabled", **always},
        "filter_enforced": {"runtime_key": "local_rate_limit_enforced", **always},
        "descriptors": descriptors,
    }


def _bucket(requests: int, unit: str) -> dict[str, Any]:
    return {"max_tokens": requests, "tokens_per_fill": requests, "fill_interval": f"{_SECONDS[unit]}s"}


def _actions(limits: Sequence[RateLimit], known: Identities) -> list[dict[str, Any]]:
    """For each limit the one descriptor that its requests have."""
    found: list[dict[str, Any]] = []
    for number, limit in enumerate(limits):
        named = {"descriptor_key": _KEY, "descriptor_value": str(number)}
        headers = list(_headers(limit, known))
        action = {"header_value_match": {**named, "headers": headers}} if headers else {"generic_key": named}
        found.append({"actions": [action]})
    return found


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
