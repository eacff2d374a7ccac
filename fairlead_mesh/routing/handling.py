"""What does Istio read of timeouts, retries, headers and CORS? The part of an HTTPRoute on how requests are treated."""

from __future__ import annotations

from typing import Any

from fairlead_mesh.apps.cors_policy import CorsPolicy
from fairlead_mesh.apps.fault import Fault
from fairlead_mesh.apps.handling import Handling, Retries
from fairlead_mesh.apps.headers import HeaderChanges, Headers
from fairlead_mesh.apps.match import StringMatch
from fairlead_mesh.keys.section import given
from fairlead_mesh.routing.written import as_written


def handling(*said: Handling) -> dict[str, Any]:
    """What the first of these says of requests on their way to the app, else the next."""
    timeout = next((each.timeout for each in said if each.timeout), None)
    retries = next((each.retries for each in said if each.retries), None)
    return given(timeout=timeout, retries=_retries(retries) if retries else None) | answer_handling(*said)


def answer_handling(*said: Handling) -> dict[str, Any]:
    """What of it is done to answers too, whoever gives them."""
    headers = next((each.headers for each in said if each.headers), None)
    cors = next((each.cors_policy for each in said if each.cors_policy), None)
    return given(headers=_headers(headers) if headers else None, corsPolicy=_cors(cors) if cors else None)


def fault(said: Fault) -> dict[str, Any]:
    """The faults of a route."""
    delay, abort = said.delay, said.abort
    return given(
        delay=_of_a_part(delay.percentage, as_written(delay)) if delay else None,
        abort=_of_a_part(abort.percentage, as_written(abort)) if abort else None,
    )


def string_match(match: StringMatch) -> dict[str, str]:
    """One way to match a string."""
    return as_written(match)


def _of_a_part(percentage: int, keys: dict[str, Any]) -> dict[str, Any]:
    return {**keys, "percentage": {"value": percentage}}


def _headers(headers: Headers) -> dict[str, Any]:
    return given(
        request=_changes(headers.request) if headers.request else None,
        response=_changes(headers.response) if headers.response else None,
    )


def _changes(changes: HeaderChanges) -> dict[str, Any]:
    return given(**as_written(changes))


def _cors(policy: CorsPolicy) -> dict[str, Any]:
    return given(**as_written(policy))


def _retries(retries: Retries) -> dict[str, Any]:
    return {"attempts": retries.attempts} | given(
        perTryTimeout=retries.per_try_timeout,
        retryOn=",".join(retries.retry_on) if retries.retry_on else None,
        backoff=retries.backoff,
        retryRemoteLocalities=retries.retry_remote_localities,
        retryIgnorePreviousHosts=retries.retry_ignore_previous_hosts,
    )
