"""Is a fresh stack free of drift? Objects as a real API server returns them, after controllers wrote into them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from fairlead.cluster.live_cluster import LiveCluster
from fairlead.comparison.compare import compare
from fairlead.drift.live_side import live_side
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.compared import side

pytestmark = pytest.mark.apiserver

OBJECTS = PROGRAM / "tests" / "fixtures" / "live_lists.yaml"
NAMESPACE = "live-lists"
Manifest = dict[str, Any]


class Cluster:
    """A cluster with the objects of the file, made as Helm makes them; changed as controllers and people do."""

    def __init__(self, live: LiveCluster):
        self.live = live
        self.sent: list[Manifest] = [*yaml.safe_load_all(OBJECTS.read_text(encoding="utf-8"))]

    def make(self) -> None:
        for each in self.sent:
            body = copy.deepcopy(each)
            annotations = {"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": NAMESPACE}
            body["metadata"]["annotations"] = {**(body["metadata"].get("annotations") or {}), **annotations}
            self._ask("POST", self._place(each), body, "application/json", "pulumi-resource-kubernetes")
            if each["kind"] == "CustomResourceDefinition":
                self.live.wait_for_definitions([each["metadata"]["name"]])

    def patch(self, kind: str, manager: str, patch: Manifest, *, part: str = "", strategic: bool = True) -> None:
        """A patch of the one object of this kind; definitions of kinds know no strategic one."""
        (found,) = [each for each in self.sent if each["kind"] == kind]
        content = f"application/{'strategic-merge' if strategic else 'merge'}-patch+json"
        self._ask("PATCH", f"{self._place(found)}/{found['metadata']['name']}{part}", patch, content, manager)

    def read(self, kind: str) -> Manifest:
        (found,) = [each for each in self.sent if each["kind"] == kind]
        live = self.live.read(self.live.ref(found))
        assert live
        return live

    def drift(self) -> dict[str, list[str]]:
        """The paths that differ, by kind; what is not there is a path of its own."""
        stack = side(self.sent)
        live, notes = live_side(stack, self.live)
        assert notes == []
        changes = compare(live, stack).changes
        return {each.kind: [one.path for one in each.differences] or [str(each.how)] for each in changes}

    def gone(self) -> None:
        for kind in ("Service", "ConfigMap", "PersistentVolumeClaim"):
            # There are none of those that would take theirs away.
            self.patch(kind, "controller", {"metadata": {"finalizers": None}}, strategic=False)
        for each in reversed(self.sent):
            self.live.delete(self.live.ref(each))

    def _place(self, manifest: Manifest) -> str:
        ref = self.live.ref(manifest)
        return self.live.kinds()[ref.api_version, ref.kind].path_in(ref.namespace)

    def _ask(self, method: str, path: str, body: Manifest, content: str, manager: str) -> None:
        assert self.live.api.request(method, f"{path}?fieldManager={manager}", body=body, content=content)


@pytest.fixture(name="cluster")
def _cluster(live_cluster: LiveCluster) -> Iterator[Cluster]:
    cluster = Cluster(live_cluster)
    cluster.make()
    yield cluster
    cluster.gone()
    live_cluster.wait_until_gone([live_cluster.ref(each) for each in cluster.sent])


def test_a_fresh_stack_has_no_drift_whatever_servers_and_controllers_wrote(cluster: Cluster) -> None:
    assert cluster.drift() == {}
    # The AWS Load Balancer Controller: its finalizer, what it keeps in annotations, and the address.
    finalizers = ["service.k8s.aws/resources", "service.kubernetes.io/load-balancer-cleanup"]
    cluster.patch("Service", "controller", {"metadata": {"finalizers": finalizers}})
    address = {"loadBalancer": {"ingress": [{"hostname": "web-1.elb.eu-west-1.amazonaws.com"}]}}
    cluster.patch("Service", "aws-cloud-controller-manager", {"status": address}, part="/status")
    # The autoscaler and the rollout.
    cluster.patch("Deployment", "kube-controller-manager", {"spec": {"replicas": 4}}, part="/scale", strategic=False)
    restarted = {"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"}
    template = {"template": {"metadata": {"annotations": restarted}}}
    cluster.patch("Deployment", "kubectl-rollout", {"spec": template})
    # Istiod, and a controller of certificates.
    hook = {"name": "pods.example.com", "clientConfig": {"caBundle": "Y2VydA=="}, "failurePolicy": "Fail"}
    cluster.patch("MutatingWebhookConfiguration", "pilot-discovery", {"webhooks": [hook]})
    # Who guards a claim.
    cluster.patch(
        "PersistentVolumeClaim", "kube-controller-manager", {"metadata": {"finalizers": ["example.com/in-use"]}}
    )
    assert cluster.drift() == {}


def test_what_somebody_edits_in_a_list_shows_where_it_is_and_nothing_else(cluster: Cluster) -> None:
    containers = [
        {
            "name": "web",
            "volumeMounts": [{"mountPath": "/etc/b", "name": "all", "subPath": "z"}],
            "ports": [{"containerPort": 53, "protocol": "TCP", "name": "t"}],
            "env": [{"name": "A", "value": "9"}, {"name": "NEW", "value": "1"}],
        }
    ]
    pod = {
        "containers": containers,
        "hostAliases": [{"ip": "10.0.0.2", "hostnames": ["other"]}],
        "imagePullSecrets": [{"name": "third"}],
        "tolerations": [{"key": "spot", "operator": "Exists"}],
    }
    cluster.patch("Deployment", "kubectl-edit", {"spec": {"template": {"spec": pod}}})
    ports = cluster.read("Service")["spec"]["ports"]
    ports[1]["targetPort"] = 5300
    cluster.patch("Service", "kubectl-edit", {"spec": {"ports": ports}}, strategic=False)
    cluster.patch("Service", "kubectl-patch", {"metadata": {"finalizers": ["example.com/mine"]}})
    rows = [{"zone": "a", "side": "right", "weight": 5}, {"zone": "a", "side": "left", "weight": 1}]
    cluster.patch("Table", "kubectl-edit", {"spec": {"rows": rows, "tags": ["b", "c"]}}, strategic=False)
    found = cluster.drift()
    inside = "spec.template.spec"
    assert found == {
        "Deployment": [
            f"{inside}.containers[0].env[1].value",
            f"{inside}.containers[0].env[3]",
            f"{inside}.containers[0].ports[0].name",
            f"{inside}.containers[0].volumeMounts[1].subPath",
            f"{inside}.hostAliases[1].hostnames[0]",
            f"{inside}.hostAliases[1].hostnames[1]",
            f"{inside}.imagePullSecrets[2]",
            f"{inside}.tolerations[0].effect",
            f"{inside}.tolerations[1]",
        ],
        "Service": ["metadata.finalizers", "spec.ports[1].targetPort"],
        "Table": ["spec.rows[1].weight", "spec.tags[1]"],
    }
