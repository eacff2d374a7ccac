"""What does `doctor` see on a cluster? A real API server, on which somebody was before."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import boto3
import pytest

from fairlead.cluster.api_client import RefusedError
from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.live_cluster import LiveCluster
from tests.fixtures.deployed import Deployed, as_account
from tests.fixtures.evaluated import EKS
from tests.fixtures.examined import ON_EKS, examined, seen
from tests.fixtures.placed import POD, there, thing

pytestmark = pytest.mark.apiserver

APP: dict[str, Any] = {"namespaces": [{"name": "shop", "injection": True}]}
CONTROL_PLANE, NODES = "sg-0c0c0c0c0c0c0c0c0", "sg-0a0a0a0a0a0a0a0a0"
REVISION = {"istio.io/rev": "default", "app": "istiod"}


def deployment(name: str, namespace: str, labels: dict[str, str]) -> dict[str, Any]:
    spec = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": POD}}
    return thing("apps/v1", "Deployment", name, namespace, metadata={"labels": labels}, spec=spec)


def test_the_cluster_says_who_we_are_and_may_do_all(live_cluster: LiveCluster) -> None:
    found = examined(live_cluster, **APP)
    ((verdict, text),) = seen("cluster", found)
    assert (verdict, text.startswith("Kubernetes v1."), ", as " in text) == ("ok", True, True)
    assert [verdict for verdict, _ in seen("kubernetes_version", found)] == ["ok"]
    assert seen("rights", found) == [("ok", "everything is allowed")]


def test_rights_that_are_missing_are_named_by_kind_and_namespace(
    api_server: ApiServer, live_cluster: LiveCluster, tmp_path: Path
) -> None:
    account = thing("v1", "ServiceAccount", "viewer", "default")
    role = thing(
        *("rbac.authorization.k8s.io/v1", "ClusterRole", "doctor-namespaces"),
        rules=[{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["*"]}],
    )
    bound = thing(
        *("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "doctor-namespaces"),
        roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "doctor-namespaces"},
        subjects=[{"kind": "ServiceAccount", "name": "viewer", "namespace": "default"}],
    )
    with there(live_cluster, account, role, bound):
        deployed = Deployed(live_cluster, "", tmp_path, api_server.kubeconfig)
        weak = LiveCluster(as_account(deployed, tmp_path / "viewer"))
        said = [text for verdict, text in seen("rights", examined(weak, **APP)) if verdict == "failed"]
        weak.close()
    assert "no right to create or patch or delete a Secret in istio-system" in said
    assert "no right to create or patch or delete a CustomResourceDefinition" in said
    assert not [each for each in said if "Namespace" in each]


def test_a_namespace_of_somebody_else_is_not_taken(live_cluster: LiveCluster) -> None:
    found = examined(live_cluster, **APP)
    assert [verdict for verdict, _ in seen("namespaces", found)] == ["ok"]
    older = thing("v1", "Namespace", "shop", metadata={"labels": {"istio-injection": "enabled"}})
    with there(live_cluster, older, manager="pulumi-kubernetes-1a2b"):
        assert [verdict for verdict, _ in seen("namespaces", found)] == ["warning"]
    with there(live_cluster, thing("v1", "Namespace", "shop")):
        assert seen("namespaces", found) == [("failed", "shop exists already and is not of this stack")]
        adopting = examined(live_cluster, namespaces=[{"name": "shop", "adopt": True}])
        assert [verdict for verdict, _ in seen("namespaces", adopting)] == ["ok"]
    other = thing("v1", "Namespace", "shop", metadata={"labels": {"fairlead/stack": "fairlead.prod"}})
    with there(live_cluster, other):
        assert seen("namespaces", found) == [("failed", "shop is of the stack fairlead.prod")]
    adopting = examined(live_cluster, namespaces=[{"name": "nowhere", "adopt": True}])
    assert seen("namespaces", adopting) == [("failed", "nowhere does not exist, and the stack adopts it")]


def test_a_namespace_that_hangs_in_its_deletion_says_what_holds_it(live_cluster: LiveCluster) -> None:
    held = thing("v1", "ConfigMap", "held", "stuck", metadata={"finalizers": ["example.com/hold"]})
    home = thing("v1", "Namespace", "stuck")
    live_cluster.apply(home, "somebody")
    live_cluster.apply(held, "somebody")
    live_cluster.delete(live_cluster.ref(home))
    found = examined(live_cluster, namespaces=[{"name": "stuck"}])
    try:
        verdict, text = "", ""
        for _ in range(100):
            ((verdict, text),) = seen("namespaces", found)
            if "example.com/hold" in text:
                break
            time.sleep(0.1)  # The namespace's controller says so a moment later
        assert (verdict, text.startswith("stuck is Terminating: ")) == ("failed", True)
        assert "example.com/hold" in text
    finally:
        freed = {**held, "metadata": {**held["metadata"], "finalizers": []}}
        live_cluster.apply(freed, "somebody")
        assert live_cluster.wait_until_gone([live_cluster.ref(home)]) == []


def test_another_istio_is_found_by_its_labels(live_cluster: LiveCluster) -> None:
    found = examined(live_cluster)
    assert seen("other_istio", found) == [("ok", "no other Istio is there")]
    names = {"plural": "things", "kind": "Thing", "singular": "thing", "listKind": "ThingList"}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
    definition = thing(
        *("apiextensions.k8s.io/v1", "CustomResourceDefinition", "things.networking.istio.io"),
        metadata={"labels": {"app.kubernetes.io/part-of": "istio"}},
        spec={"group": "networking.istio.io", "names": names, "scope": "Namespaced", "versions": [version]},
    )
    home = thing("v1", "Namespace", "other-istio")
    same = deployment("istiod", "other-istio", {"app": "istiod", "istio.io/rev": "default"})
    canary = deployment("istiod-canary", "other-istio", {"app": "istiod", "istio.io/rev": "canary"})
    with there(live_cluster, definition, home, same, canary):
        assert seen("other_istio", found) == [
            ("failed", "1 of Istio's CRDs exist already, of no Helm release"),
            ("failed", "istiod other-istio/istiod of the revision default is there"),
            ("warning", "istiod other-istio/istiod-canary of the revision canary is there"),
        ]


def test_a_controller_without_ready_pods_makes_no_load_balancer(live_cluster: LiveCluster) -> None:
    found = examined(live_cluster, **ON_EKS)
    assert seen("load_balancer_controller", found) == [("failed", "the AWS Load Balancer Controller is not installed")]
    name = "aws-load-balancer-controller"
    with there(live_cluster, deployment(name, "kube-system", {"app.kubernetes.io/name": name})):
        text = "the AWS Load Balancer Controller has no ready pod: its webhook rejects Services"
        assert seen("load_balancer_controller", found) == [("failed", text)]


@pytest.mark.usefixtures("aws_server")
def test_a_webhook_that_is_not_reached_is_said_with_its_port_and_its_groups(live_cluster: LiveCluster) -> None:
    found = examined(live_cluster, **APP)
    assert seen("webhook", found) == [("skipped", "Istio is not installed yet")]
    rules = [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]
    webhook: dict[str, Any] = {
        "name": "namespace.sidecar-injector.istio.io",
        "clientConfig": {"service": {"name": "istiod", "namespace": "istio-system", "port": 443}},
        "rules": rules,
        "namespaceSelector": {"matchLabels": {"istio-injection": "enabled"}},
        "sideEffects": "None",
        "failurePolicy": "Fail",
        "timeoutSeconds": 2,
        "admissionReviewVersions": ["v1"],
    }
    injector = thing(
        *("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "istio-sidecar-injector"),
        metadata={"labels": REVISION},
        webhooks=[webhook],
    )
    home = thing("v1", "Namespace", "shop", metadata={"labels": {"istio-injection": "enabled"}})
    with there(live_cluster, home, injector):
        with pytest.raises(RefusedError, match="failed calling webhook"):
            live_cluster.create(thing("v1", "Pod", "any", "shop", spec=POD), dry_run=True)
        ((verdict, text),) = seen("webhook", found)
        assert verdict == "failed"
        assert text.startswith("the API server does not reach istiod: ")
        on_eks = {**APP, "cluster": EKS, "securityGroups": {"nodes": [NODES], "controlPlane": CONTROL_PLANE}}
        boto3.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
        found = examined(live_cluster, **on_eks)
        found.__dict__["vpc"] = boto3.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
        assert seen("webhook", found)[1:] == [
            ("failed", f"port 15017 is closed from {CONTROL_PLANE} (the control plane) to {NODES} (nodes)")
        ]
    nobody = {**injector, "webhooks": [{**webhook, "namespaceSelector": {"matchLabels": {"no": "one"}}}]}
    with there(live_cluster, home, nobody):
        assert seen("webhook", found) == [("failed", "a pod in shop gets no sidecar")]


def test_proxies_that_are_older_than_istiod_are_counted(live_cluster: LiveCluster) -> None:
    def pod(name: str, version: str) -> dict[str, Any]:
        proxy = {"name": "istio-proxy", "image": f"docker.io/istio/proxyv2:{version}"}
        labels = {"labels": {"security.istio.io/tlsMode": "istio"}}
        return thing("v1", "Pod", name, "default", metadata=labels, spec={"containers": [*POD["containers"], proxy]})

    found = examined(live_cluster, istio={"version": "1.31.1"})
    assert seen("proxy_versions", found) == [("skipped", "no pod has a proxy yet")]
    with there(live_cluster, pod("new", "1.31.1-distroless")):
        assert seen("proxy_versions", found) == [("ok", "all 1 proxies are as new as Istio 1.31.1")]
        with there(live_cluster, pod("older", "1.30.0")):
            text = "proxies are older than Istio 1.31.1: 1 of 1.30.0 in default"
            assert seen("proxy_versions", found) == [("warning", text)]
        with there(live_cluster, pod("oldest", "1.28.9")):
            assert [verdict for verdict, _ in seen("proxy_versions", found)] == ["failed"]


def test_an_addon_that_is_there_already_has_a_service_with_pods(live_cluster: LiveCluster) -> None:
    found = examined(live_cluster, addons={"prometheus": {"url": "http://metrics.default:9090"}})
    assert seen("addresses", found) == [
        ("failed", "addons.prometheus.url, http://metrics.default:9090: there is no Service default/metrics")
    ]
    service = thing("v1", "Service", "metrics", "default", spec={"ports": [{"port": 9090}]})
    ends = thing(
        *("discovery.k8s.io/v1", "EndpointSlice", "metrics-1", "default"),
        metadata={"labels": {"kubernetes.io/service-name": "metrics"}},
        addressType="IPv4",
        endpoints=[{"addresses": ["10.0.0.1"]}],
        ports=[{"port": 9090}],
    )
    with there(live_cluster, service):
        ((verdict, text),) = seen("addresses", found)
        assert (verdict, text.endswith("the Service default/metrics has no ready pod")) == ("warning", True)
        with there(live_cluster, ends):
            ((verdict, text),) = seen("addresses", found)
            assert (verdict, "has 1 ready pods; not asked" in text) == ("ok", True)


def served(group: str) -> dict[str, Any]:
    """Any kind of a group, by which the server has it."""
    names = {"plural": "podmetrics", "singular": "podmetric", "kind": "PodMetrics", "listKind": "PodMetricsList"}
    version = {"name": "v1beta1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
    approved = {"annotations": {"api-approved.kubernetes.io": "unapproved, of a test"}}
    return thing(
        *("apiextensions.k8s.io/v1", "CustomResourceDefinition", f"podmetrics.{group}"),
        metadata=approved,
        spec={"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
    )


def test_autoscalers_need_somebody_who_measures(live_cluster: LiveCluster) -> None:
    assert seen("autoscaler_metrics", examined(live_cluster, **APP))[0][0] == "skipped"
    scaling = {"min": 2, "max": 4, "requestsPerSecond": 50}
    found = examined(
        live_cluster,
        istio={"autoscaling": {"min": 1, "max": 2}},
        samples=[{"name": "helloworld", "autoscaling": scaling}],
    )
    assert seen("autoscaler_metrics", found) == [
        ("warning", "nothing serves metrics.k8s.io, so autoscaling of istiod, helloworld sees no CPU and adds no pod"),
        ("warning", "nothing serves custom.metrics.k8s.io, so requestsPerSecond of helloworld adds no pod"),
    ]
    with there(live_cluster, served("metrics.k8s.io"), served("custom.metrics.k8s.io")):
        deadline = time.monotonic() + 30
        while seen("autoscaler_metrics", found)[0][0] != "ok" and time.monotonic() < deadline:
            live_cluster.forget_kinds()
            time.sleep(0.5)
        assert seen("autoscaler_metrics", found) == [
            ("ok", "the cluster serves custom.metrics.k8s.io and metrics.k8s.io")
        ]
    live_cluster.forget_kinds()
