"""Which addons does the mesh have? Each is installed, or used where it exists already, or absent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field, field_validator

from mesh.scalars import DnsLabel, ExactVersion, Percent, Url
from mesh.section import Section

ServiceType = Literal["ClusterIP", "NodePort", "LoadBalancer"]


class Addon(Section):
    """What every addon has: `{}` installs it, `{url}` uses the one that answers there."""

    url: Url | None = None
    """Address, as the pods of the mesh see it, of an installation that exists already; nothing is installed then."""
    namespace: DnsLabel = "istio-system"
    """Where it is installed."""
    service_type: ServiceType = "ClusterIP"
    """Type of the Service that people open."""

    @property
    def installed(self) -> bool:
        return self.url is None


class ChartAddon(Addon):
    """An addon that comes as a Helm chart."""

    version: ExactVersion | None = None
    """Version of the chart; the one of the version table where it is absent."""
    values: dict[str, Any] = Field(default_factory=dict)
    """Chart values, merged last."""


class Prometheus(ChartAddon):
    """Metrics of the mesh, on port 9090."""

    retention_days: int = Field(default=15, ge=1)
    """How long samples are kept."""


class Grafana(ChartAddon):
    """Istio's dashboards over the Prometheus of this stack, on port 3000.

    Visitors may look and nobody can log in, so no password exists; the secret config key
    `grafanaAdminPassword` brings the admin account back.
    """


class Kiali(ChartAddon):
    """The mesh as a graph, on port 20001."""

    auth: Literal["anonymous", "token"] | None = None
    """How people log in; `token` where the Service can be reached from outside the cluster, else `anonymous`."""

    @property
    def strategy(self) -> str:
        return self.auth or ("anonymous" if self.service_type == "ClusterIP" else "token")


class Tracing(Addon):
    """Traces, stored in memory by Jaeger or Zipkin, and sent there by every proxy of the mesh."""

    url: Url | None = None
    """Collector that answers already: http://jaeger-collector.observability:4317 (OTLP over gRPC) for `jaeger`,
    http://zipkin.observability:9411 for `zipkin`; nothing is installed then."""
    provider: Literal["jaeger", "zipkin"] = "jaeger"
    """Which of the two is installed, or answers at `url`."""
    sampling: Percent = 100
    """How many of a hundred requests are traced."""

    @field_validator("url")
    @classmethod
    def _is_sent_in_plain(cls, url: str | None) -> str | None:
        if url and not url.startswith("http://"):
            raise ValueError("proxies send traces in plain; write http://, or reach the collector through an object")
        return url


class Addons(Section):
    """The addons of the mesh; one that is not named is not installed."""

    prometheus: Prometheus | None = None
    """Prometheus, as the prometheus-community chart installs it."""
    grafana: Grafana | None = None
    """Grafana with Istio's dashboards."""
    kiali: Kiali | None = None
    """Kiali; it needs a Prometheus."""
    tracing: Tracing | None = None
    """Jaeger or Zipkin, the extension provider that sends traces there, and the Telemetry object that Istio needs."""


@dataclass(frozen=True)
class Endpoint:
    """The Service that people open, its port and the path there, and the port of their own machine that shows it."""

    service: str
    port: int
    local_port: int
    path: str = ""


ENDPOINTS = {
    "grafana": Endpoint("grafana", 3000, 3000),
    "jaeger": Endpoint("tracing", 80, 16686, "/jaeger"),
    "kiali": Endpoint("kiali", 20001, 20001, "/kiali"),
    "prometheus": Endpoint("prometheus", 9090, 9090),
    "zipkin": Endpoint("tracing", 80, 9411, "/zipkin"),
}


def endpoint(addon: Addon) -> Endpoint:
    """Where the addon answers once it is installed; for tracing that depends on the provider."""
    return ENDPOINTS[addon.provider if isinstance(addon, Tracing) else type(addon).__name__.lower()]


def cluster_url(addon: Addon) -> str:
    """The addon's address inside the cluster: the one it was given, else that of the Service installed here."""
    at = endpoint(addon)
    return addon.url or f"http://{at.service}.{addon.namespace}:{at.port}{at.path}"


def local_access(addon: Addon) -> dict[str, str]:
    """The URL to open, and the command that makes it answer on this machine where the addon is installed here."""
    if addon.url:
        return {"url": addon.url}
    at = endpoint(addon)
    return {
        "url": f"http://localhost:{at.local_port}{at.path}",
        "command": f"kubectl -n {addon.namespace} port-forward svc/{at.service} {at.local_port}:{at.port}",
    }
