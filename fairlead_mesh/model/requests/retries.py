"""How often does a proxy try a request, and after which failures?

Sources: Envoy's router filter (which failures `x-envoy-retry-on` names), pilot/pkg/networking/core/route/retry (the
default policy: two more attempts, at another pod, where the connection failed; without attempts none at all).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.requests.handling import seconds
from fairlead_mesh.model.traffic.outcome import Outcome

CONDITIONS = frozenset(
    (
        *("5xx", "gateway-error", "reset", "reset-before-request", "connect-failure", "retriable-4xx"),
        *("refused-stream", "retriable-status-codes", "retriable-headers", "envoy-ratelimited"),
        *("http3-post-connect-failure", "cancelled", "deadline-exceeded", "internal"),
        *("resource-exhausted", "unavailable"),
    )
)
"""What `retryOn` may name, besides the codes of answers."""
_DEFAULT_ATTEMPTS = 2
_DEFAULT_RETRIES = frozenset({"connect-failure", "refused-stream", "unavailable", "cancelled"})
_OF_CONNECTIONS = frozenset({"connect-failure", "5xx", "gateway-error", "reset"})
_OF_RESETS = frozenset({"5xx", "gateway-error", "reset"})


@dataclass(frozen=True)
class Retries:
    """How many attempts follow the first, on which failures, and how long each may take."""

    attempts: int
    on: frozenset[str]
    per_try: float | None


def retries(spec: Mapping[str, Any], mesh_config: Mapping[str, Any] | None) -> Retries:
    """The policy of a route, else the mesh's, else istiod's."""
    said = spec.get("retries", (mesh_config or {}).get("defaultHttpRetryPolicy"))
    if not isinstance(said, dict):
        return Retries(_DEFAULT_ATTEMPTS, _DEFAULT_RETRIES, None)
    own = as_map(said)
    attempts = own.get("attempts")
    if not isinstance(attempts, int) or attempts <= 0:
        return Retries(0, frozenset(), None)  # ConvertPolicy: no attempts, and then no perTryTimeout either
    on = frozenset(each.strip() for each in str(own.get("retryOn") or "").split(",") if each.strip())
    per_try = seconds(own["perTryTimeout"]) if own.get("perTryTimeout") else None
    return Retries(attempts, on or _DEFAULT_RETRIES, per_try)


def is_retried(outcome: Outcome, on: frozenset[str]) -> bool:
    """Whether an attempt that ended so is followed by another."""
    status = outcome.status
    if outcome.open:
        return False
    if status is None or outcome.cut:
        return bool(on & _OF_RESETS)
    gateway_errors = (502, 503, 504)
    return (
        ("5xx" in on and status >= 500)  # noqa: PLR2004 - as the name says
        or ("gateway-error" in on and status in gateway_errors)
        or ("retriable-4xx" in on and status == 409)  # noqa: PLR2004 - the only one that Envoy means
        or str(status) in on
    )


def at_another_pod(policy: Retries) -> bool:
    """Whether it is tried elsewhere where the connection failed."""
    return policy.attempts > 0 and bool(policy.on & _OF_CONNECTIONS)
