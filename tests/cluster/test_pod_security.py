"""Do the pods that a stack brings meet the Pod Security level that their namespaces warn of? A real API server says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from fairlead.cluster.answers import Ref
from fairlead.cluster.api_client import RefusedError
from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.helm import Helm
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import KUBERNETES_VERSION, Toolchain
from fairlead_mesh.config import Config
from fairlead_mesh.gateway_values import gateway_values
from fairlead_mesh.istio import istiod_values
from fairlead_mesh.namespaces import Namespace, namespace_object, pod_security_labels
from tests.fixtures.evaluated import STACKS, evaluate_file

pytestmark = pytest.mark.apiserver

LEVELS = ("baseline", "restricted")
SIDECAR: dict[str, Any] = {
    "name": "istio-init",
    "image": "proxyv2",
    "securityContext": {"capabilities": {"add": ["NET_ADMIN", "NET_RAW"], "drop": ["ALL"]}},
}


@pytest.fixture(scope="module", name="cluster")
def _cluster(toolchain: Toolchain) -> Iterator[LiveCluster]:
    """A cluster with a namespace of each level, which nobody else counts."""
    with ApiServer(toolchain.servers()) as server:
        cluster = LiveCluster(server.kubeconfig)
        for level in LEVELS:
            labels = pod_security_labels(level, "enforce")  # pyright: ignore[reportArgumentType]
            cluster.apply(namespace_object(Namespace(name=level, labels=labels)))
        deadline = time.monotonic() + 60
        for level in LEVELS:
            while cluster.read(Ref("v1", "ServiceAccount", level, "default")) is None:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield cluster
        cluster.close()


def meets(cluster: LiveCluster, workload: dict[str, Any]) -> list[str]:
    """The levels at which the server admits the pods of a workload."""
    spec = {key: each for key, each in workload["spec"]["template"]["spec"].items() if "serviceAccount" not in key}
    found: list[str] = []
    for level in LEVELS:
        metadata = {"name": "tried", "namespace": level, "labels": workload["spec"]["template"]["metadata"]["labels"]}
        try:
            cluster.apply({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}, dry_run=True)
            found.append(level)
        except RefusedError as error:
            if "violates PodSecurity" not in error.message:
                raise
    return found


def chart_workloads(toolchain: Toolchain) -> Iterator[dict[str, Any]]:
    raw = {"cluster": {"kubeconfig": {"context": "kind"}}, "gateways": [{"name": "edge"}]}
    config = Config.model_validate(raw)
    helm, charts = Helm(toolchain.helm()), toolchain.istio_charts()
    istiod = istiod_values(config.istio, extension_providers=[])
    edge = gateway_values(config.gateways[0], config.istio, None)
    for name, folder, values in (("istiod", "istio-control/istio-discovery", istiod), ("edge", "gateway", edge)):
        for each in helm.template(name, "istio-system", charts / folder, values, KUBERNETES_VERSION):
            if each["kind"] == "Deployment":
                yield each


def test_istiod_gateways_samples_and_traces_meet_baseline(cluster: LiveCluster, toolchain: Toolchain) -> None:
    objects = [each.inputs for path in STACKS for each in evaluate_file(path).resources if each.is_kubernetes_object]
    own = {each["metadata"]["name"]: each for each in objects if each["kind"] in ("Deployment", "StatefulSet")}
    workloads = [*own.values(), *chart_workloads(toolchain)]
    names = {each["metadata"]["name"] for each in workloads}
    assert {"istiod", "edge", "jaeger", "helloworld-v1", "reviews-v1"} <= names
    for each in workloads:
        assert "baseline" in meets(cluster, each), each["metadata"]["name"]


def test_a_sidecar_without_istio_cni_meets_neither(cluster: LiveCluster) -> None:
    pod: dict[str, Any] = {"initContainers": [SIDECAR], "containers": [{"name": "app", "image": "app"}]}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod}
    assert meets(cluster, {"spec": {"template": template}}) == []
    del pod["initContainers"]
    assert meets(cluster, {"spec": {"template": template}}) == ["baseline"]
