"""Which series count the requests of an app, and which of them failed or were slow? As expressions of PromQL.

Names and labels are those of Istio's standard metrics (istio.io, Reference: Istio Standard Metrics).
"""

from __future__ import annotations

from collections.abc import Iterable

from fairlead_mesh.promises.promise import Promise
from fairlead_mesh.promises.slo import BUCKETS, Latency

_STATUS, _GRPC = "5..", "2|4|12|13|14|15"
"""UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE and DATA_LOSS, which are a server's fault
(OpenTelemetry, semantic conventions for gRPC)."""
FAILED_STATUS = f'response_code=~"{_STATUS}"'
FAILED_GRPC = f'grpc_response_status=~"{_GRPC}"'
SUCCEEDED = f'response_code!~"{_STATUS}", grpc_response_status!~"{_GRPC}"'


COUNTED_BY = frozenset(
    {
        *("reporter", "destination_service", "destination_service_namespace", "destination_service_name"),
        *("response_code", "grpc_response_status", "request_protocol"),
    }
)
"""Labels without which the rules count nothing, or count everything as one."""


def selector(promise: Promise) -> str:
    """The labels that all series of its requests have."""
    reporter = promise.slo.reporter if promise.slo else "source"
    names = one_of(promise.services)
    return (
        f'reporter="{reporter}", destination_service_namespace="{promise.namespace}", destination_service_name{names}'
    )


def one_of(names: Iterable[str]) -> str:
    """What follows a label that is one of the names, which are those of Services or Deployments."""
    found = sorted(set(names))
    return f'="{found[0]}"' if len(found) == 1 else f'=~"{"|".join(found)}"'


def requests(labels: str, window: str = "5m") -> str:
    """Requests a second."""
    return f"sum(rate(istio_requests_total{{{labels}}}[{window}]))"


def failed_requests(labels: str, window: str = "5m", by: str = "") -> str:
    """Failed requests a second; without any, nothing."""
    one = f"rate(istio_requests_total{{{labels}, {FAILED_STATUS}}}[{window}])"
    other = f"rate(istio_requests_total{{{labels}, {FAILED_GRPC}}}[{window}])"
    return f"sum{by}({one} or {other})"


def answered_requests(labels: str) -> str:
    """Requests a second that succeeded."""
    return f"sum(rate(istio_request_duration_milliseconds_count{{{labels}, {SUCCEEDED}}}[5m]))"


def requests_in_time(labels: str, latency: Latency) -> str:
    """Requests a second that succeeded in time.

    Between two steps of the histogram as histogram_quantile does it: as if they were spread evenly.
    """
    limit = latency.milliseconds
    below = max((bound for bound in BUCKETS if bound <= limit), default=0.0)
    above = min((bound for bound in BUCKETS if bound >= limit), default=BUCKETS[-1])
    if below == above:
        return _within(labels, above)
    part = round((limit - below) / (above - below), 4)
    if not below:
        return f"{part} * {_within(labels, above)}"
    return f"({round(1 - part, 4)} * {_within(labels, below)} + {part} * {_within(labels, above)})"


def _within(labels: str, bound: float) -> str:
    """Prometheus 3 writes every bound as a float, Prometheus 2 as it was scraped."""
    written = f"{bound:g}" if bound % 1 else f"{int(bound)}(\\\\.0)?"
    sure = written.replace(".", "\\\\.", 1) if bound % 1 else written
    return f'sum(rate(istio_request_duration_milliseconds_bucket{{{labels}, {SUCCEEDED}, le=~"{sure}"}}[5m]))'
