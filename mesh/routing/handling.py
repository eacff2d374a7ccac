"""What does Istio read of timeouts and retries? The part of an HTTPRoute that says how its requests are treated."""

from __future__ import annotations

from typing import Any

from mesh.apps.handling import Handling, Retries
from mesh.keys.section import given


def handling(*said: Handling) -> dict[str, Any]:
    """What the first of these says of a key, else the next."""
    timeout = next((each.timeout for each in said if each.timeout), None)
    retries = next((each.retries for each in said if each.retries), None)
    return given(timeout=timeout, retries=_retries(retries) if retries else None)


def _retries(retries: Retries) -> dict[str, Any]:
    return {"attempts": retries.attempts} | given(
        perTryTimeout=retries.per_try_timeout, retryOn=",".join(retries.retry_on) if retries.retry_on else None
    )
