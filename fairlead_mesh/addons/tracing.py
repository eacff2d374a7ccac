"""What is tracing in a mesh? Its section, the provider that istiod is told of, and the Telemetry for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field

from fairlead_mesh.addons.chart_addon import ChartAddon, Persistence
from fairlead_mesh.addons.collector import Otlp, collector_objects, collector_provider
from fairlead_mesh.addons.credentials import Credentials
from fairlead_mesh.addons.product import Endpoint, Product, Reading, opened_by
from fairlead_mesh.addons.service_host import service_at
from fairlead_mesh.addons.trace_stores import (
    JAEGER_PATH,
    TEMPO_PORT,
    TEMPO_PRODUCT,
    jaeger_objects,
    tempo_values,
    zipkin_objects,
)
from fairlead_mesh.keys.scalars import Count, HeaderName, Percent, Url
from fairlead_mesh.keys.section import Manifest, Values, merged
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN
from fairlead_mesh.telemetry.labels import TagName, traces

if TYPE_CHECKING:
    from fairlead_mesh.addons.surroundings import Surroundings

_COLLECTORS = {"jaeger": ("jaeger-collector", 4317), "tempo": ("tempo", 4317), "zipkin": ("zipkin", 9411)}
_OTHER = ("otel-collector", 4317)
_HTTP_PORT, _TLS_PORT = 4318, 443


class Tracing(ChartAddon):
    """Tracing with Jaeger, Zipkin or Tempo; every proxy of the mesh sends its traces there."""

    products = (
        Product(
            "Jaeger",
            "jaeger",
            endpoint=Endpoint("tracing", 80, 16686, JAEGER_PATH, target=16686),
            keeps="traces",
            collects=(4317, 4318, 9411),
        ),
        # Zipkin shows its page on the port that takes the spans.
        Product(
            "Zipkin",
            "zipkin",
            endpoint=Endpoint("tracing", 80, 9411, "/zipkin", target=9411),
            keeps="traces",
            collects=(9411,),
        ),
        TEMPO_PRODUCT,
        Product("OpenTelemetry collector", "opentelemetry"),
    )

    asked_at: ClassVar[str] = "queryUrl"

    url: Url | None = None
    """Existing collector: http://jaeger-collector.observability:4317 (OTLP over gRPC) for `jaeger`, `tempo` and
    `opentelemetry`, http://zipkin.observability:9411 for `zipkin`; then nothing is installed. Proxies begin the TLS of
    https://."""
    query_url: Url | None = None
    """Where Kiali and Grafana read the traces of a store that exists, such as
    http://jaeger-query.observability:16686/jaeger."""
    credentials: Credentials | None = None
    """How Kiali and Grafana ask `queryUrl`, such as {headers: {x-scope-orgid: mesh}}: login, CA, headers."""
    otlp: Otlp | None = None
    """How traces are sent to `url`, such as {protocol: http, headers: {x-scope-orgid: mesh}}; defaults to gRPC."""
    provider: Literal["jaeger", "zipkin", "tempo", "opentelemetry"] = "jaeger"
    """Which of them is installed, or runs at `url`; `opentelemetry` is any collector that exists and takes OTLP. Jaeger
    and Zipkin have pages of their own and come without a chart, so without `version` and `values`; Tempo's traces are
    looked at in Grafana and Kiali."""
    persistence: Persistence | None = None
    """Volume that Tempo's traces are on, such as {size: 20Gi}; by default they are lost with its pod, as those of
    Jaeger and Zipkin are, which keep them in memory."""
    retention_days: Count | None = None
    """How long Tempo keeps traces, in days; defaults to 7."""
    sampling: Percent = 100
    """Percentage of requests that are traced."""
    tags: dict[TagName, HeaderName] = Field(default_factory=dict[str, str])
    """Tag of traces -> the request header that it is read from, such as {user.id: end-user}."""

    @property
    def product(self) -> Product:
        return next(product for product in self.products if product.name == self.provider)

    @property
    def readable_url(self) -> str | None:
        """Where traces are read; unknown for a Jaeger or Tempo that exists, as its `url` is where they are sent, unless
        the stack file says it."""
        if self.query_url:
            return self.query_url if self.provider != "opentelemetry" else None
        return self.cluster_url if self.installed or self.provider == "zipkin" else None

    @property
    def cluster_url(self) -> str:
        is_tempo = self.installed and self.provider == "tempo"
        return f"http://tempo.{self.namespace}:{TEMPO_PORT}" if is_tempo else super().cluster_url

    @property
    def pod_labels(self) -> dict[str, str]:
        if self.product.chart:
            return {"app.kubernetes.io/name": self.product.name, "app.kubernetes.io/instance": self.role}
        return {"app": self.provider}

    @property
    def more_ports(self) -> list[dict[str, Any]]:
        return [{"name": "grpc-tempo-otlp", "port": 4317, "protocol": "TCP"}]

    def brought(self) -> list[Manifest]:
        return super().brought() if self.chart else []

    def chart_values(self, around: Surroundings) -> Values:  # noqa: ARG002 - proxies come to it
        """Those of Tempo; the other two come without a chart."""
        if not self.product.chart:
            return {}
        own = tempo_values(
            service_type=self.service_type,
            persistence=self.persistence,
            retention_days=self.retention_days,
            resources=self.resources,
        )
        return merged(own, self.values)

    def reading(self, around: Surroundings) -> Reading:
        """None of them asks anybody to log in."""
        if self.product.chart:
            return super().reading(around)
        return Reading(opened_by=opened_by({"type": self.service_type}), anonymous=True)

    def objects(self) -> list[Manifest]:
        """The store and its Services; nothing where a collector exists already."""
        if not self.installed or self.provider not in ("jaeger", "zipkin"):
            return []
        made = jaeger_objects if self.provider == "jaeger" else zipkin_objects
        return made(self.namespace, self.service_type, self.resources)

    def extension_providers(self) -> list[dict[str, Any]]:
        """The collector: Zipkin's own protocol, else OTLP over gRPC."""
        protocol = "zipkin" if self.provider == "zipkin" else "opentelemetry"
        return [collector_provider(protocol, *self._collector, self.otlp)]

    def mesh_objects(self, istio_namespace: str) -> dict[str, Manifest]:
        http = self.provider == "zipkin" or (self.otlp is not None and self.otlp.protocol == "http")
        tls, ca_file = (self.url or "").startswith("https://"), self.otlp.ca_file if self.otlp else None
        made = collector_objects(istio_namespace, *self._collector, http=http, tls=tls, ca_file=ca_file)
        return {"mesh-tracing": self._telemetry(istio_namespace), **dict(made)}

    @property
    def _collector(self) -> tuple[str, int]:
        name, port = _COLLECTORS.get(self.provider, _OTHER)
        if self.url is None:
            return f"{name}.{self.namespace}.{CLUSTER_DOMAIN}", port
        address = urlsplit(self.url)
        usual = _HTTP_PORT if self.otlp and self.otlp.protocol == "http" else port
        usual = _TLS_PORT if address.scheme == "https" else usual
        return _registered(address.hostname or "", self.namespace), address.port or usual

    def _telemetry(self, istio_namespace: str) -> Manifest:
        """Has every proxy of the mesh send traces: since Istio 1.22 none does before an object says so.

        There may be one Telemetry without a selector in a namespace, and in Istio's own it holds for the mesh.
        """
        return {
            "apiVersion": "telemetry.istio.io/v1",
            "kind": "Telemetry",
            "metadata": {"name": "mesh-default", "namespace": istio_namespace},
            "spec": {"tracing": traces(self.sampling, self.tags)},
        }


def _registered(host: str, namespace: str) -> str:
    """The host under which istiod knows it: a Service by its full name, anything else as it stands."""
    service = service_at(host, namespace)
    return f"{service[1]}.{service[0]}.{CLUSTER_DOMAIN}" if service else host
