"""How do proxies send traces to a collector? The key `otlp`, istiod's provider, and what makes its host known.

Sources: ExtensionProvider in mesh/v1alpha1/config.proto of istio/api; pilot/pkg/networking/core/tracing.go.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import Duration, HeaderName, NonEmpty, UrlPath
from fairlead_mesh.keys.section import Manifest, Section, given
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN
from fairlead_mesh.telemetry.labels import TRACED

_PUBLIC_CAS = "/etc/ssl/certs/ca-certificates.crt"
"""Of the image of Istio's proxies."""
VariableName = Annotated[
    str, Form(r"[A-Za-z_][A-Za-z0-9_]*", "write the name of an environment variable, such as OTLP_TOKEN")
]


class Otlp(Section):
    """How traces are sent to an OpenTelemetry collector that exists (`url`)."""

    protocol: Literal["grpc", "http"] = "grpc"
    """OTLP over gRPC, usually at port 4317, or over HTTP, usually at 4318."""
    path: UrlPath | None = None
    """Path with http; defaults to /v1/traces."""
    headers: dict[HeaderName, NonEmpty] = Field(default_factory=dict[str, str])
    """Headers (with grpc, metadata) of each request, such as {x-scope-orgid: mesh}."""
    headers_from: dict[HeaderName, VariableName] = Field(default_factory=dict[str, str])
    """Header -> environment variable of istiod with its value, such as {authorization: OTLP_TOKEN}; istiod has it from
    a Secret by `istio.values.istiod.envVarFrom`, and hands it to every proxy."""
    timeout: Duration | None = None
    """How long a proxy waits for the collector; defaults to Istio's own."""
    resource_detectors: list[Literal["environment", "dynatrace"]] = Field(default_factory=list[Any])
    """What names the workload of a span besides: the variable OTEL_RESOURCE_ATTRIBUTES of its proxy, or the files of
    Dynatrace."""
    ca_file: UrlPath | None = None
    """File in every proxy with the CA of a https `url`, such as /etc/otel/ca.crt; defaults to the CAs of the image."""


def collector_provider(protocol: str, host: str, port: int, otlp: Otlp | None) -> dict[str, Any]:
    """The extension provider of a protocol, zipkin or opentelemetry."""
    entry: dict[str, Any] = {"service": host, "port": port}
    return {"name": TRACED, protocol: entry | (_settings(otlp) if otlp else {})}


def _settings(otlp: Otlp) -> dict[str, Any]:
    headers = [{"name": name, "value": value} for name, value in otlp.headers.items()]
    headers += [{"name": name, "envName": variable} for name, variable in otlp.headers_from.items()]
    detectors: dict[str, Any] = {name: {} for name in otlp.resource_detectors}
    if otlp.protocol == "http":
        http = given(path=otlp.path or "/v1/traces", timeout=otlp.timeout, headers=headers)
        return given(http=http, resourceDetectors=detectors)
    return given(grpc=given(timeout=otlp.timeout, initialMetadata=headers), resourceDetectors=detectors)


def collector_objects(
    namespace: str, host: str, port: int, *, http: bool, tls: bool, ca_file: str | None
) -> Iterator[tuple[str, Manifest]]:
    """Logical name and object: a host outside the cluster, to which istiod would send nothing as it cannot find it, and
    that TLS begins at the proxies."""
    if not host.endswith(f".{CLUSTER_DOMAIN}"):
        name, protocol = ("http-spans", "HTTP") if http else ("grpc-otlp", "GRPC")
        ports = [{"number": port, "name": name, "protocol": protocol}]
        spec = {"hosts": [host], "location": "MESH_EXTERNAL", "resolution": "DNS", "ports": ports}
        yield "mesh-tracing-collector", _object("ServiceEntry", namespace, spec)
    if tls:
        own = {"mode": "SIMPLE", "sni": host, "caCertificates": ca_file or _PUBLIC_CAS}
        policy = {"portLevelSettings": [{"port": {"number": port}, "tls": own}]}
        yield "mesh-tracing-tls", _object("DestinationRule", namespace, {"host": host, "trafficPolicy": policy})


def _object(kind: str, namespace: str, spec: dict[str, Any]) -> Manifest:
    metadata = {"name": TRACED, "namespace": namespace}
    return {"apiVersion": "networking.istio.io/v1", "kind": kind, "metadata": metadata, "spec": spec}
