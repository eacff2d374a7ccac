"""Which expressions do several dashboards show? Rates, shares and quantiles of Istio's standard metrics."""

from __future__ import annotations

from fairlead_mesh.alerts.app_requests import FAILED_GRPC, FAILED_STATUS

WINDOW = "$__rate_interval"
SERVICE = "destination_service_namespace, destination_service_name"


def requests(labels: str, by: str = "") -> str:
    """Requests a second."""
    return f"{_sum(by)}(rate(istio_requests_total{{{labels}}}[{WINDOW}]))"


def failed(labels: str, by: str = "") -> str:
    """The part of requests that fails; 0 where none does."""
    every = requests(labels, by)
    one, other = (f"rate(istio_requests_total{{{labels}, {each}}}[{WINDOW}])" for each in (FAILED_STATUS, FAILED_GRPC))
    return f"({_sum(by)}({one} or {other}) or 0 * {every}) / {every}"


def quantile(percent: int, labels: str, by: str = "") -> str:
    """Milliseconds within which so many percent of requests are answered."""
    within = f"le, {by}" if by else "le"
    bucket = f"istio_request_duration_milliseconds_bucket{{{labels}}}"
    return f"histogram_quantile({percent / 100:g}, sum by ({within}) (rate({bucket}[{WINDOW}])))"


def encrypted(labels: str, by: str = "") -> str:
    """The part of requests that came by mTLS; only the server's proxy knows it."""
    of_server = f'reporter="destination"{", " if labels else ""}{labels}'
    mutual = requests(f'{of_server}, connection_security_policy="mutual_tls"', by)
    every = requests(of_server, by)
    return f"({mutual} or 0 * {every}) / {every}"


def _sum(by: str) -> str:
    return f"sum by ({by}) " if by else "sum"
