"""What do stores of traces consist of? Deployments and Services of Jaeger and Zipkin, which keep traces in memory, and
the values that make Tempo's chart one pod."""

from __future__ import annotations

from fairlead_mesh.addons.chart_addon import Persistence, claimed
from fairlead_mesh.addons.product import (
    NO_SIDECAR,
    Product,
    Reading,
    has_sidecar,
    opened_by,
    scraped,
    value_at,
    word_at,
)
from fairlead_mesh.keys.scalars import Resources
from fairlead_mesh.keys.section import Manifest, Values, given
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.versions import JAEGER_IMAGE, TEMPO, ZIPKIN_IMAGE
from fairlead_mesh.workload import container, deployment, security_context, service

JAEGER_PATH = "/jaeger"
TEMPO_PORT = 3200
_DAYS = 7


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


def _read(values: Values) -> Reading:
    return Reading(
        opened_by=opened_by(values.get("service"), as_map(values.get("tempoQuery")).get("ingress")),
        anonymous=True,
        proxied=has_sidecar(values.get("podLabels")),
        retention=word_at(values, "tempo", "retention"),
        in_memory=value_at(values, "persistence", "enabled") is False,
    )


TEMPO_PRODUCT = Product("Tempo", TEMPO.name, chart=TEMPO, keeps="traces", collects=(4317, 4318), read=_read)


def tempo_values(
    *, service_type: str, persistence: Persistence | None, retention_days: int | None, resources: Resources
) -> Values:
    """One pod behind the Service `tempo`: 3200 answers queries, 4317 and 4318 take spans by OTLP."""
    return {
        "fullnameOverride": "tempo",
        "podLabels": NO_SIDECAR,
        "podAnnotations": scraped(TEMPO_PORT),
        "persistence": claimed(persistence, "storageClassName"),
        "service": {"type": service_type},
        "serviceAccount": {"automountServiceAccountToken": False},
        "tempo": {
            "reportingEnabled": False,
            "retention": f"{(retention_days or _DAYS) * 24}h",
            "securityContext": security_context(),
            **given(resources=resources),
        },
    }
