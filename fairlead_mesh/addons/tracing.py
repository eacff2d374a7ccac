"""What is tracing in a mesh? Its section, the provider that istiod is told of, and the Telemetry for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.addons.product import Endpoint, Product, Reading, opened_by
from fairlead_mesh.addons.service_host import service_at
from fairlead_mesh.addons.trace_stores import JAEGER_PATH, jaeger_objects, zipkin_objects
from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import HeaderName, Percent, Url
from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN
from fairlead_mesh.telemetry.labels import TRACED, TagName, traces

if TYPE_CHECKING:
    from fairlead_mesh.addons.surroundings import Surroundings

_COLLECTORS = {"jaeger": ("jaeger-collector", 4317), "zipkin": ("zipkin", 9411)}
PlainUrl = Annotated[
    Url, Form(r"http://\S+", "proxies send traces without TLS; write http://, or reach the collector through an object")
]


class Tracing(Addon):
    """Tracing with Jaeger or Zipkin, which keep traces in memory; every proxy of the mesh sends its traces there."""

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
    )

    url: PlainUrl | None = None
    """Existing collector: http://jaeger-collector.observability:4317 (OTLP over gRPC) for `jaeger`,
    http://zipkin.observability:9411 for `zipkin`; then nothing is installed."""
    provider: Literal["jaeger", "zipkin"] = "jaeger"
    """Which of the two is installed, or runs at `url`."""
    sampling: Percent = 100
    """Percentage of requests that are traced."""
    tags: dict[TagName, HeaderName] = Field(default_factory=dict[str, str])
    """Tag of traces -> the request header that it is read from, such as {user.id: end-user}."""

    @property
    def product(self) -> Product:
        return next(product for product in self.products if product.name == self.provider)

    @property
    def query_url(self) -> str | None:
        """Where traces are read; unknown for a Jaeger that exists, as its `url` is where they are sent."""
        return self.cluster_url if self.installed or self.provider == "zipkin" else None

    @property
    def pod_labels(self) -> dict[str, str]:
        return {"app": self.provider}

    def reading(self, around: Surroundings) -> Reading:  # noqa: ARG002 - it has no values that could differ
        """Neither of the two asks anybody to log in."""
        return Reading(opened_by=opened_by({"type": self.service_type}), anonymous=True)

    def objects(self) -> list[Manifest]:
        """The store and its Services; nothing where a collector exists already."""
        if not self.installed:
            return []
        made = jaeger_objects if self.provider == "jaeger" else zipkin_objects
        return made(self.namespace, self.service_type)

    def extension_providers(self) -> list[dict[str, Any]]:
        """The collector: OTLP over gRPC to Jaeger, else Zipkin."""
        host, port = self._collector
        protocol = "opentelemetry" if self.provider == "jaeger" else "zipkin"
        return [{"name": TRACED, protocol: {"service": host, "port": port}}]

    def mesh_objects(self, istio_namespace: str) -> dict[str, Manifest]:
        entry = self._collector_entry(istio_namespace)
        objects = {"mesh-tracing": self._telemetry(istio_namespace)}
        return objects | ({"mesh-tracing-collector": entry} if entry else {})

    @property
    def _collector(self) -> tuple[str, int]:
        name, port = _COLLECTORS[self.provider]
        if self.url is None:
            return f"{name}.{self.namespace}.{CLUSTER_DOMAIN}", port
        address = urlsplit(self.url)
        return _registered(address.hostname or "", self.namespace), address.port or port

    def _collector_entry(self, istio_namespace: str) -> Manifest | None:
        """Makes a collector outside the cluster known to istiod, which would send nothing to a host that it cannot
        find."""
        host, port = self._collector
        if host.endswith(f".{CLUSTER_DOMAIN}"):
            return None
        name, protocol = ("grpc-otlp", "GRPC") if self.provider == "jaeger" else ("http-zipkin", "HTTP")
        return {
            "apiVersion": "networking.istio.io/v1",
            "kind": "ServiceEntry",
            "metadata": {"name": TRACED, "namespace": istio_namespace},
            "spec": {
                "hosts": [host],
                "location": "MESH_EXTERNAL",
                "resolution": "DNS",
                "ports": [{"number": port, "name": name, "protocol": protocol}],
            },
        }

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
