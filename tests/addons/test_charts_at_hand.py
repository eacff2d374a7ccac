"""Does the chart of every addon take the values that are written for it, and a real API server what it makes of them?

The charts come from a folder that FAIRLEAD_CHARTS names, or are downloaded as users download them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairlead.cluster.answers import Ref
from fairlead.cluster.api_client import RefusedError
from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.helm import Helm
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import KUBERNETES_VERSION, Toolchain
from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.config import Config
from fairlead_mesh.namespaces import Namespace, namespace_object, pod_security_labels
from tests.fixtures.addon_charts import chart_at_hand, unknown_keys

pytestmark = pytest.mark.apiserver

USUAL: dict[str, Any] = {
    "prometheus": {},
    "grafana": {},
    "kiali": {},
    "fluentBit": {},
    "loki": {},
    "tracing": {"provider": "tempo"},
}
SIZED: dict[str, Any] = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}}
KEPT: dict[str, Any] = {"size": "50Gi", "storageClass": "gp3"}
EVERYTHING: dict[str, Any] = {
    "prometheus": {
        "retentionDays": 30,
        "persistence": KEPT,
        "resources": SIZED,
        "alerts": {"alertmanager": "http://alertmanager.monitoring:9093"},
    },
    "grafana": {
        "publicUrl": "https://grafana.example.com",
        "resources": SIZED,
        "dashboards": "grafanaCom",
        "persistence": KEPT,
    },
    "kiali": {"openid": {"issuer": "https://login.example.com", "clientId": "kiali"}, "resources": SIZED},
    "fluentBit": {"loki": {"url": "https://loki.example.com", "secret": "loki"}, "apps": True, "resources": SIZED},
    "loki": {"retentionDays": 30, "persistence": KEPT, "resources": SIZED},
    "tracing": {"provider": "tempo", "retentionDays": 3, "persistence": KEPT, "resources": SIZED},
}
BY_OPERATORS: dict[str, Any] = {
    "prometheus": {**EVERYTHING["prometheus"], "chart": "kube-prometheus-stack"},
    "kiali": {**EVERYTHING["kiali"], "operator": True},
    "grafana": {"publicUrl": "https://grafana.example.com"},
    "tracing": {"provider": "tempo"},
}
STACKS = {"usual": USUAL, "everything": EVERYTHING, "operators": BY_OPERATORS}
FREE = {
    "grafana": ("grafana.ini", "datasources", "dashboardProviders", "dashboards"),
    "kiali-server": ("auth.openid", "external_services"),
}
"""Values that a chart hands on as they are."""
UNRESTRICTED = {"fluent-bit": "mounts folders of its node"}
"""Workload -> why its pods do not meet the `restricted` Pod Security Standard."""
CRD = "CustomResourceDefinition"


def _cases() -> Iterator[Any]:
    for name, addons in STACKS.items():
        config = _config(addons)
        for addon in config.addons.installed:
            if addon.chart:
                yield pytest.param(config, addon, id=f"{name}-{addon.key}")


def _config(addons: dict[str, Any]) -> Config:
    return Config.model_validate({"cluster": {"kubeconfig": {"context": "kind"}}, "addons": addons})


CASES = list(_cases())


def _chart(toolchain: Toolchain, addon: Addon) -> Path:
    assert addon.chart
    return chart_at_hand(toolchain, addon.chart)


def _rendered(toolchain: Toolchain, config: Config, addon: Addon) -> list[dict[str, Any]]:
    values, chart = addon.chart_values(config.around_addons()), _chart(toolchain, addon)
    return Helm(toolchain.helm()).template(addon.role, addon.namespace, chart, values, KUBERNETES_VERSION)


@pytest.fixture(scope="module", name="cluster")
def _cluster(toolchain: Toolchain) -> Iterator[LiveCluster]:
    """A cluster with the namespaces of addons, and one that admits only pods of the `restricted` level."""
    with ApiServer(toolchain.servers()) as server:
        cluster = LiveCluster(server.kubeconfig)
        for name in ("istio-system", "fluent-bit"):
            cluster.apply(namespace_object(Namespace(name=name)))
        cluster.apply(
            namespace_object(Namespace(name="restricted", labels=pod_security_labels("restricted", "enforce")))
        )
        yield cluster
        cluster.close()


@pytest.mark.parametrize(("config", "addon"), CASES)
def test_every_key_that_is_set_exists_in_the_chart(toolchain: Toolchain, config: Config, addon: Addon) -> None:
    chart = _chart(toolchain, addon)
    if chart.suffix == ".tgz":
        pytest.skip("an archive: its text is looked up where it is unpacked")
    values = addon.chart_values(config.around_addons())
    assert unknown_keys(chart, values, FREE.get(addon.chart.chart if addon.chart else "", ())) == []
    assert unknown_keys(chart, {**values, "misspeltKey": 1}) != []


@pytest.mark.parametrize(("config", "addon"), CASES)
def test_the_api_server_takes_every_object_of_the_chart(
    toolchain: Toolchain, cluster: LiveCluster, config: Config, addon: Addon
) -> None:
    objects = _rendered(toolchain, config, addon)
    assert objects
    definitions = [each for each in objects if each["kind"] == CRD]
    for each in definitions:
        cluster.apply(each)
    for each in [*objects, *addon.chart_objects(config.around_addons())]:
        if each["kind"] != CRD:
            _try(cluster, {**each, "metadata": {"namespace": addon.namespace, **each["metadata"]}})


def _try(cluster: LiveCluster, manifest: dict[str, Any]) -> None:
    """Have the server check an object; it takes a while until it serves a kind that was just defined."""
    deadline = time.monotonic() + 30
    while True:
        try:
            cluster.apply(manifest, dry_run=True)
        except RefusedError as error:
            if "has no kind" not in error.message or time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


@pytest.mark.parametrize(("config", "addon"), CASES)
def test_its_pods_meet_the_restricted_level_where_they_can(
    toolchain: Toolchain, cluster: LiveCluster, config: Config, addon: Addon
) -> None:
    for each in _rendered(toolchain, config, addon):
        if each["kind"] in ("Deployment", "StatefulSet", "DaemonSet"):
            refused = _refusal(cluster, each)
            assert bool(refused) == (addon.role in UNRESTRICTED), refused


def _refusal(cluster: LiveCluster, workload: dict[str, Any]) -> str:
    spec = {key: each for key, each in workload["spec"]["template"]["spec"].items() if "serviceAccount" not in key}
    claimed = [
        {"name": each["metadata"]["name"], "emptyDir": {}} for each in workload["spec"].get("volumeClaimTemplates", ())
    ]
    spec["volumes"] = [*(spec.get("volumes") or ()), *claimed]
    metadata = {"name": "tried", "namespace": "restricted"}
    while cluster.read(Ref("v1", "ServiceAccount", "restricted", "default")) is None:
        pass
    try:
        cluster.apply({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}, dry_run=True)
    except RefusedError as error:
        return error.message
    return ""
