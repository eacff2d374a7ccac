"""Where do traces go? Jaeger or Zipkin, the provider that istiod is told of, and the Telemetry object that uses it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from mesh.addons import Tracing, cluster_url, endpoint
from mesh.apps import CLUSTER_DOMAIN
from mesh.section import Manifest
from mesh.versions import JAEGER_IMAGE, ZIPKIN_IMAGE
from mesh.workload import container, deployment, security_context, service

PROVIDER = "fairlead-tracing"
"""Name of the extension provider: it says whose it is, and stays when Zipkin replaces Jaeger."""

_COLLECTORS = {"jaeger": ("jaeger-collector", 4317), "zipkin": ("zipkin", 9411)}
_NO_SIDECAR = {"sidecar.istio.io/inject": "false"}
_QUALIFIED = 2


def tracing_objects(tracing: Tracing) -> list[Manifest]:
    """The store and its Services; nothing where a collector exists already.

    `tracing` (port 80) is the page that people open, `zipkin` (9411) takes spans in Zipkin's format from either
    store, and `jaeger-collector` is Jaeger's alone.
    """
    if not tracing.installed:
        return []
    return _jaeger(tracing) if tracing.provider == "jaeger" else _zipkin(tracing)


def _jaeger(tracing: Tracing) -> list[Manifest]:
    namespace, app = tracing.namespace, {"app": "jaeger"}
    ports = {"query": 16686, "grpc-query": 16685, "grpc-otlp": 4317, "http-otlp": 4318, "zipkin": 9411, "health": 13133}
    alive = {"httpGet": {"path": "/status", "port": "health"}}
    # No config file: Jaeger then runs as all-in-one with storage in memory, bounded here so that the pod stays small.
    flags = [
        f"--set=extensions.jaeger_query.base_path={endpoint(tracing).path}",
        "--set=extensions.jaeger_storage.backends.some_storage.memory.max_traces=20000",
    ]
    jaeger = container(
        "jaeger",
        JAEGER_IMAGE,
        ports=ports,
        health="/status",
        memory="128Mi",
        args=flags,
        env=[{"name": "JAEGER_LISTEN_HOST", "value": "0.0.0.0"}],  # noqa: S104 - it would listen to its own pod only
        readinessProbe={**alive, "periodSeconds": 5},
        livenessProbe={**alive, "initialDelaySeconds": 10, "periodSeconds": 10},
        securityContext=security_context(runAsUser=10001),
    )
    page = {"http-query": (80, 16686), "grpc-query": (16685, 16685)}
    spans = {"grpc-otlp": (4317, 4317), "http-otlp": (4318, 4318), "http-zipkin": (9411, 9411)}
    return [
        deployment("jaeger", namespace, labels=app, pod_labels=_NO_SIDECAR, containers=[jaeger]),
        service("tracing", namespace, selector=app, ports=page, service_type=tracing.service_type),
        service("zipkin", namespace, selector=app, ports={"http-zipkin": (9411, 9411)}),
        service("jaeger-collector", namespace, selector=app, ports=spans),
    ]


def _zipkin(tracing: Tracing) -> list[Manifest]:
    namespace, app = tracing.namespace, {"app": "zipkin"}
    zipkin = container(
        "zipkin",
        ZIPKIN_IMAGE,
        ports={"http": 9411},
        health="/health",
        memory="256Mi",
        env=[{"name": "STORAGE_TYPE", "value": "mem"}],
        livenessProbe={
            "httpGet": {"path": "/health", "port": "http"},
            "initialDelaySeconds": 30,
            "periodSeconds": 10,
        },
        # The image names its user, and the kubelet wants a number to know that it is not root.
        securityContext=security_context(runAsUser=1000),
    )
    return [
        deployment("zipkin", namespace, labels=app, pod_labels=_NO_SIDECAR, containers=[zipkin]),
        service(
            "tracing", namespace, selector=app, ports={"http-query": (80, 9411)}, service_type=tracing.service_type
        ),
        service("zipkin", namespace, selector=app, ports={"http-zipkin": (9411, 9411)}),
    ]


def extension_provider(tracing: Tracing) -> dict[str, Any]:
    """The entry of `meshConfig.extensionProviders` that names the collector: OTLP over gRPC to Jaeger, else Zipkin."""
    host, port = _collector(tracing)
    protocol = "opentelemetry" if tracing.provider == "jaeger" else "zipkin"
    return {"name": PROVIDER, protocol: {"service": host, "port": port}}


def _collector(tracing: Tracing) -> tuple[str, int]:
    name, port = _COLLECTORS[tracing.provider]
    if tracing.url is None:
        return f"{name}.{tracing.namespace}.{CLUSTER_DOMAIN}", port
    address = urlsplit(tracing.url)
    return _registered(address.hostname or "", tracing.namespace), address.port or port


def _registered(host: str, namespace: str) -> str:
    """The host under which istiod knows it: a Service by its full name, anything else as it stands."""
    labels = host.split(".")
    if len(labels) == 1:
        return f"{host}.{namespace}.{CLUSTER_DOMAIN}"
    if len(labels) == _QUALIFIED or labels[_QUALIFIED:] == ["svc"]:
        return f"{labels[0]}.{labels[1]}.{CLUSTER_DOMAIN}"
    return host


def collector_entry(tracing: Tracing, istio_namespace: str) -> Manifest | None:
    """Makes a collector outside the cluster known to istiod, which would send nothing to a host that it cannot find."""
    host, port = _collector(tracing)
    if host.endswith(f".{CLUSTER_DOMAIN}"):
        return None
    name, protocol = ("grpc-otlp", "GRPC") if tracing.provider == "jaeger" else ("http-zipkin", "HTTP")
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "ServiceEntry",
        "metadata": {"name": PROVIDER, "namespace": istio_namespace},
        "spec": {
            "hosts": [host],
            "location": "MESH_EXTERNAL",
            "resolution": "DNS",
            "ports": [{"number": port, "name": name, "protocol": protocol}],
        },
    }


def telemetry(tracing: Tracing, istio_namespace: str) -> Manifest:
    """Has every proxy of the mesh send traces: since Istio 1.22 none does before an object says so.

    There may be one Telemetry without a selector in a namespace, and in Istio's own it holds for the mesh.
    """
    rule = {"providers": [{"name": PROVIDER}], "randomSamplingPercentage": tracing.sampling}
    return {
        "apiVersion": "telemetry.istio.io/v1",
        "kind": "Telemetry",
        "metadata": {"name": "mesh-default", "namespace": istio_namespace},
        "spec": {"tracing": [rule]},
    }


def query_url(tracing: Tracing) -> str | None:
    """Where traces are read; unknown for a Jaeger that exists, as its `url` is where they are sent."""
    return cluster_url(tracing) if tracing.installed or tracing.provider == "zipkin" else None
