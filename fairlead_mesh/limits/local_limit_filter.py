"""How do proxies limit requests? Envoy's local rate limit as an EnvoyFilter: a token bucket in each pod for each limit.

Sources: Istio's task on rate limits (local); Envoy's local_rate_limit filter. Every limit is a descriptor beside a
bucket that never runs out, as Envoy wants the interval of a descriptor to be a multiple of that bucket's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fairlead_mesh.access.identities import Identities
from fairlead_mesh.apps.app import App
from fairlead_mesh.keys.scalars import LARGEST
from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.limits.limit_conditions import KEY, counted
from fairlead_mesh.limits.rate_limit import RateLimit
from fairlead_mesh.versions import LOCAL_LIMITS_WITH_ACTIONS

_NAME = "envoy.filters.http.local_ratelimit"
_TYPE = "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def local_limit_filter(
    app: App, labels: Mapping[str, str], known: Identities, *, minor: tuple[int, int]
) -> Manifest | None:
    """The EnvoyFilter of an app with limits of each pod, for the proxies of a minor version of Istio."""
    limits = [limit for limit in app.rate_limits if not limit.is_global]
    if not limits:
        return None
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
                "value": _of_routes(_settings(limits), _actions(limits, known), minor),
            },
        },
    ]
    return {
        "apiVersion": "networking.istio.io/v1alpha3",
        "kind": "EnvoyFilter",
        "metadata": {"name": f"{app.name}-rate-limit", "namespace": app.namespace},
        "spec": {"workloadSelector": {"labels": dict(labels)}, "configPatches": patches},
    }


def _of_routes(settings: dict[str, Any], actions: list[dict[str, Any]], minor: tuple[int, int]) -> dict[str, Any]:
    """Newer filters have the actions themselves, and say that one day they will read no others."""
    if minor >= LOCAL_LIMITS_WITH_ACTIONS:
        return {"typed_per_filter_config": {_NAME: settings | {"rate_limits": actions}}}
    return {"route": {"rate_limits": actions}, "typed_per_filter_config": {_NAME: settings}}


def _settings(limits: Sequence[RateLimit]) -> dict[str, Any]:
    always = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
    descriptors = [
        {"entries": [{"key": KEY, "value": str(number)}], "token_bucket": _bucket(limit.requests, limit.unit)}
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
    return [{"actions": [counted(limit, str(number), known)]} for number, limit in enumerate(limits)]
