"""What is Prometheus by its operator? The values that make kube-prometheus-stack scrape this mesh, and nothing else."""

from __future__ import annotations

from typing import Any

from fairlead_mesh.addons.product import (
    METRICS,
    NO_SIDECAR,
    Endpoint,
    Product,
    Reading,
    has_sidecar,
    opened_by,
    word_at,
)
from fairlead_mesh.alerts.rule_groups import Group, alertmanager
from fairlead_mesh.keys.section import Values, given
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.versions import KUBE_PROMETHEUS_STACK

_NAME = "prometheus"
_POD = "__meta_kubernetes_pod_"
_ANNOTATION = f"{_POD}annotation_prometheus_io_"
# Where a pod says by annotations that it has metrics; both IPv4 and IPv6, as Prometheus' own chart asks.
_SAYS_WHERE: list[dict[str, Any]] = [
    {"action": "keep", "sourceLabels": [f"{_ANNOTATION}scrape"], "regex": "true"},
    {"action": "replace", "sourceLabels": [f"{_ANNOTATION}path"], "regex": "(.+)", "targetLabel": "__metrics_path__"},
    {
        "action": "replace",
        "sourceLabels": [f"{_ANNOTATION}port", f"{_POD}ip"],
        "regex": r"(\d+);((([0-9]+?)(\.|$)){4})",
        "replacement": "$2:$1",
        "targetLabel": "__address__",
    },
    {
        "action": "replace",
        "sourceLabels": [f"{_ANNOTATION}port", f"{_POD}ip"],
        "regex": r"(\d+);(([A-Fa-f0-9]{1,4}::?){1,7}[A-Fa-f0-9]{1,4})",
        "replacement": "[$2]:$1",
        "targetLabel": "__address__",
    },
    {"action": "labelmap", "regex": f"{_POD}label_(.+)"},
]
_PROXY = "istio-proxy"
_INJECTED = f"{_POD}annotationpresent_sidecar_istio_io_status"
# What kubelets measure of containers, asked of them directly: the operator's own way is a Service in kube-system, which
# would stay when the release is deleted.
_CADVISOR: dict[str, Any] = {
    "job_name": "kubernetes-nodes-cadvisor",
    "scheme": "https",
    "metrics_path": "/metrics/cadvisor",
    "authorization": {"credentials_file": "/var/run/secrets/kubernetes.io/serviceaccount/token"},
    "tls_config": {"insecure_skip_verify": True},
    "kubernetes_sd_configs": [{"role": "node"}],
    "relabel_configs": [{"action": "labelmap", "regex": "__meta_kubernetes_node_label_(.+)"}],
}
_OFF = (
    "alertmanager",
    "coreDns",
    "grafana",
    "kubeControllerManager",
    "kubeEtcd",
    "kubeProxy",
    "kubeScheduler",
    "kubeStateMetrics",
    "kubelet",
    "nodeExporter",
)
"""What the chart would bring besides: what this stack has, or what is measured of a cluster and not of its mesh."""


def _read(values: Values) -> Reading:
    server = as_map(values.get("prometheus"))
    spec = as_map(server.get("prometheusSpec"))
    return Reading(
        opened_by=opened_by(server.get("service"), server.get("ingress"), *as_map(server.get("route")).values()),
        anonymous=True,
        visitors_can=("delete its metrics",) if spec.get("enableAdminAPI") else (),
        proxied=has_sidecar(as_map(spec.get("podMetadata")).get("labels")),
        retention=word_at(spec, "retention"),
        in_memory=not spec.get("storageSpec"),
    )


STACK_PRODUCT = Product(
    "Prometheus",
    KUBE_PROMETHEUS_STACK.name,
    chart=KUBE_PROMETHEUS_STACK,
    endpoint=Endpoint(f"{_NAME}-prometheus", 9090, 9090),
    keeps=METRICS,
    read=_read,
    defines=tuple(("monitoring.coreos.com/v1", kind) for kind in ("PodMonitor", "PrometheusRule", "ServiceMonitor")),
)
STACK_POD_LABELS = {"app.kubernetes.io/name": "prometheus", "operator.prometheus.io/name": _NAME}


def stack_values(*, istio_namespace: str, service_type: str, server: Values, rules: Values) -> Values:
    """An operator, and one server that reads every rule and monitor of the cluster; `server` is more of its spec."""
    return {
        "fullnameOverride": _NAME,
        "cleanPrometheusOperatorObjectNames": True,
        **{part: {"enabled": False} for part in _OFF},
        "defaultRules": {"create": False},
        "additionalPrometheusRulesMap": rules,
        "prometheusOperator": {
            "podLabels": NO_SIDECAR,
            # Without them neither a Job nor a webhook is left, and rules can be written while the operator is down.
            "admissionWebhooks": {"enabled": False},
            "tls": {"enabled": False},
            "kubeletService": {"enabled": False},
            "kubeletEndpointsEnabled": False,
        },
        "prometheus": {
            "service": {"port": 9090, "type": service_type},
            "additionalServiceMonitors": [_istiod(istio_namespace)],
            "additionalPodMonitors": [_proxies(), _others()],
            "prometheusSpec": {
                "scrapeInterval": "15s",
                "podMetadata": {"labels": NO_SIDECAR},
                "additionalScrapeConfigs": [_CADVISOR],
                **{f"{kind}SelectorNilUsesHelmValues": False for kind in ("rule", "serviceMonitor", "podMonitor")},
                **server,
            },
        },
    }


def stack_volume(volume: Values) -> Values:
    """The volume of its samples; the claim goes with the server, where the operator would keep it."""
    spec = given(
        storageClassName=volume.get("storageClass"),
        accessModes=["ReadWriteOnce"],
        resources={"requests": {"storage": volume["size"]}},
    )
    return {
        "storageSpec": {"volumeClaimTemplate": {"spec": spec}},
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete", "whenScaled": "Delete"},
    }


def stack_alertmanager(url: str) -> Values:
    """Who is told of alerts, beside what the operator knows."""
    return {"additionalAlertManagerConfigs": [alertmanager(url)]}


def stack_rules(groups: list[Group], labels: dict[str, str]) -> Values:
    """The groups as a PrometheusRule of the chart, which comes after its definition."""
    return {"fairlead": given(additionalLabels=labels, groups=groups)} if groups else {}


def _istiod(namespace: str) -> Values:
    return {
        "name": "istiod",
        "namespaceSelector": {"matchNames": [namespace]},
        "selector": {"matchLabels": {"app": "istiod"}},
        "endpoints": [
            {"port": "http-monitoring", "relabelings": [{"action": "labelmap", "regex": f"{_POD}label_(.+)"}]}
        ],
    }


def _proxies() -> Values:
    """Sidecars and gateways: merged metrics, where the annotations of injection say, which is port 15020."""
    keep = {"action": "keep", "sourceLabels": [f"{_POD}container_name"], "regex": _PROXY}
    return _pods("istio-proxies", keep)


def _others() -> Values:
    """Pods without a proxy that say where their metrics are, such as Kiali's and Loki's; istiod has a monitor."""
    injected = {"action": "drop", "sourceLabels": [_INJECTED], "regex": "true"}
    istiod = {"action": "drop", "sourceLabels": [f"{_POD}label_app"], "regex": "istiod"}
    return _pods("annotated-pods", injected, istiod)


def _pods(name: str, *rules: dict[str, Any]) -> Values:
    """All ports of a pod come to one address, and so to one target."""
    endpoint = {"relabelings": [*rules, *_SAYS_WHERE]}
    return {"name": name, "namespaceSelector": {"any": True}, "selector": {}, "podMetricsEndpoints": [endpoint]}
