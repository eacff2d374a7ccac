"""When is the mesh itself in trouble? Alerts on istiod, its webhooks, proxies and gateways.

Where a counter exists only after its first event, `increase` never sees that event: the series is asked for as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fairlead_mesh.alerts.alerts import Thresholds
from fairlead_mesh.alerts.app_requests import failed_requests
from fairlead_mesh.alerts.certificate_alerts import certificate_alerts
from fairlead_mesh.alerts.rule import POD_IN_WORDS, Alert
from fairlead_mesh.promises.promise import Promise

_SERVICE = "destination_service_namespace, destination_service_name"
_SERVICE_IN_WORDS = "{{ $labels.destination_service_name }} in {{ $labels.destination_service_namespace }}"


def mesh_alerts() -> Iterator[Alert]:
    """Of the control plane and of what proxies get from it."""
    yield Alert(
        "ControlPlaneDown",
        "critical",
        "absent(pilot_info)",
        "5m",
        "No istiod answers",
        "Prometheus gets no metrics of any istiod. Proxies keep their configuration; new pods get no proxy, "
        "certificates are not renewed and no change of routing takes effect.",
    )
    yield Alert(
        "ProxiesOutOfSync",
        "warning",
        "histogram_quantile(0.99, sum by (le) (rate(pilot_proxy_convergence_time_bucket[10m]))) > 10",
        "10m",
        "Proxies get their configuration late",
        "1 % of proxies get a change of configuration after {{ $value | humanizeDuration }} or later.",
    )
    yield Alert(
        "ProxyDisconnected",
        "warning",
        "sum by (namespace, pod) (increase(istio_agent_istiod_connection_failures[10m])) > 3\n"
        "and on () count(pilot_info) > 0",
        "5m",
        f"The proxy of {POD_IN_WORDS} does not reach istiod",
        "An istiod runs, and this proxy has failed to connect to it for ten minutes: it does not see changes, and its "
        "certificate will expire.",
    )
    yield Alert(
        "ConfigRejected",
        "critical",
        _happened("pilot_total_xds_rejects", by="type"),
        "",
        "Proxies reject configuration ({{ $labels.type }})",
        "A proxy has rejected what istiod sent it, and keeps what it had before. An EnvoyFilter is the usual cause.",
    )
    yield from _webhook_alerts()
    yield from certificate_alerts()


def _webhook_alerts() -> Iterator[Alert]:
    unreachable = '{name=~".*istio[.]io", error_type="calling_webhook_error"}'
    yield Alert(
        "WebhookUnreachable",
        "critical",
        _happened(f"apiserver_admission_webhook_rejection_count{unreachable}", by="name"),
        "",
        "The API server does not reach the webhook {{ $labels.name }}",
        "Calls of this webhook of istiod fail: pods with a proxy, or Istio's objects, are rejected.",
    )
    yield Alert(
        "InjectionFails",
        "critical",
        _happened("sidecar_injection_failure_total"),
        "",
        "istiod fails to inject proxies",
        "istiod was asked for a proxy for a pod and answered with an error: the pod was not created.",
    )
    yield Alert(
        "ValidationFails",
        "warning",
        _happened("galley_validation_http_error", by="status"),
        "",
        "istiod fails to validate objects",
        "istiod could not read what the API server asked it to validate (status {{ $labels.status }}).",
    )


def traffic_alerts(promises: Iterable[Promise], thresholds: Thresholds) -> Iterator[Alert]:
    """Of every Service that promises nothing itself: a promise has alerts of its own."""
    promised = {f"{name}[.]{each.namespace}[.]svc[.].*" for each in promises if each.slo for name in each.services}
    others = f', destination_service!~"{"|".join(sorted(promised))}"' if promised else ""
    labels = f'reporter="source"{others}'
    every = f"sum by ({_SERVICE}) (rate(istio_requests_total{{{labels}}}[5m]))"
    yield Alert(
        "ServerErrors",
        "warning",
        f"{failed_requests(labels, by=f' by ({_SERVICE}) ')} / {every} > {round(thresholds.errors / 100, 6):g}",
        "10m",
        f"{_SERVICE_IN_WORDS} fails",
        f"{{{{ $value | humanizePercentage }}}} of its requests fail; from {thresholds.errors:g} % on this alerts.",
    )
    http = f'{labels}, request_protocol="http", response_code!="101"'
    of_time = f"sum by ({_SERVICE}, le) (rate(istio_request_duration_milliseconds_bucket{{{http}}}[5m]))"
    quantile, limit = round(thresholds.latency.p / 100, 6), thresholds.latency.milliseconds
    yield Alert(
        "SlowAnswers",
        "warning",
        f"histogram_quantile({quantile:g}, {of_time}) > {limit:g}",
        "10m",
        f"{_SERVICE_IN_WORDS} is slow",
        f"{thresholds.latency.p:g} % of its requests take up to {{{{ $value | humanize }}}} ms; from {limit:g} ms on "
        "this alerts.",
    )


def gateway_alerts(gateways: Iterable[tuple[str, str]]) -> Iterator[Alert]:
    """Of the gateways, by (namespace, Deployment); the kubelet's cAdvisor counts what their pods use."""
    for namespace, names in _by_namespace(gateways).items():
        labels = f'namespace="{namespace}", pod=~"({"|".join(names)})-.+", container="istio-proxy"'
        used = f"sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{{{labels}}}[5m]))"
        quota, period = (f"container_spec_cpu_{name}{{{labels}}}" for name in ("quota", "period"))
        yield Alert(
            "GatewaySaturated",
            "warning",
            f"{used} / sum by (namespace, pod) ({quota} / {period}) > 0.9",
            "10m",
            f"The gateway {POD_IN_WORDS} is saturated",
            "It uses {{ $value | humanizePercentage }} of the CPU that its limit allows: requests wait.",
        )


def _by_namespace(gateways: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for namespace, name in sorted(gateways):
        found.setdefault(namespace, []).append(name)
    return found


def _happened(series: str, by: str = "") -> str:
    """Whether a counter has gone up within ten minutes, or has come into being since: then Prometheus itself must have
    been there ten minutes ago, or everything would seem new after its start."""
    grouped = f" by ({by}) " if by else ""
    risen = f"increase({series}[10m]) > 0"
    new = f"{series} > 0 unless {series} offset 10m > 0 and on () count(up offset 10m)"
    return f"sum{grouped}(({risen})\n  or ({new}))"
