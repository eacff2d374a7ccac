"""What do Jaeger and Zipkin consist of? Their Deployments and Services; both keep traces in memory."""

from __future__ import annotations

from fairlead_mesh.addons.product import NO_SIDECAR
from fairlead_mesh.keys.scalars import Resources
from fairlead_mesh.keys.section import Manifest, given
from fairlead_mesh.versions import JAEGER_IMAGE, ZIPKIN_IMAGE
from fairlead_mesh.workload import container, deployment, security_context, service

JAEGER_PATH = "/jaeger"


def jaeger_objects(namespace: str, service_type: str, resources: Resources) -> list[Manifest]:
    """`tracing` (port 80) is the page that people open, `zipkin` (9411) takes spans in Zipkin's format, and
    `jaeger-collector` takes them in every format."""
    app = {"app": "jaeger"}
    ports = {"query": 16686, "grpc-query": 16685, "grpc-otlp": 4317, "http-otlp": 4318, "zipkin": 9411, "health": 13133}
    alive = {"httpGet": {"path": "/status", "port": "health"}}
    # No config file: Jaeger then runs as all-in-one with storage in memory, bounded here so that the pod stays small.
    flags = [
        f"--set=extensions.jaeger_query.base_path={JAEGER_PATH}",
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
        **given(resources=resources),
    )
    page = {"http-query": (80, 16686), "grpc-query": (16685, 16685)}
    spans = {"grpc-otlp": (4317, 4317), "http-otlp": (4318, 4318), "http-zipkin": (9411, 9411)}
    return [
        deployment("jaeger", namespace, labels=app, pod_labels=NO_SIDECAR, containers=[jaeger]),
        service("tracing", namespace, selector=app, ports=page, service_type=service_type),
        service("zipkin", namespace, selector=app, ports={"http-zipkin": (9411, 9411)}),
        service("jaeger-collector", namespace, selector=app, ports=spans),
    ]


def zipkin_objects(namespace: str, service_type: str, resources: Resources) -> list[Manifest]:
    """`tracing` (port 80) is the page that people open, `zipkin` (9411) takes the spans."""
    app = {"app": "zipkin"}
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
        **given(resources=resources),
    )
    return [
        deployment("zipkin", namespace, labels=app, pod_labels=NO_SIDECAR, containers=[zipkin]),
        service("tracing", namespace, selector=app, ports={"http-query": (80, 9411)}, service_type=service_type),
        service("zipkin", namespace, selector=app, ports={"http-zipkin": (9411, 9411)}),
    ]
