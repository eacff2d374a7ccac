"""Which cause is named for what does not become ready, or does not go? On a real API server, as its parts report it."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.cluster.live_cluster import LiveCluster
from fairlead.lifecycle.causes import causes
from tests.fixtures.placed import POD, there, thing, warned, with_status

pytestmark = pytest.mark.apiserver

HOME = thing("v1", "Namespace", "slow")
APP = thing("v1", "Pod", "app", "slow", spec=POD)
BALANCED: dict[str, Any] = {"type": "LoadBalancer", "ports": [{"port": 80}]}
FRONT = thing("v1", "Service", "front", "slow", spec=BALANCED)
PLACED = {"type": "PodScheduled", "status": "True"}


def told(cluster: LiveCluster) -> list[str]:
    return [str(each) for each in causes(cluster, {"slow"})]


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    state = {"waiting": {"reason": reason, **({"message": message} if message else {})}}
    status = {"name": "app", "ready": False, "restartCount": 0, "image": "a", "imageID": "", "state": state}
    return {"phase": "Pending", "conditions": [PLACED], "containerStatuses": [status]}


@pytest.fixture(scope="module", autouse=True)
def home(live_cluster: LiveCluster) -> Any:
    with there(live_cluster, HOME):
        yield


def test_where_all_is_well_or_nothing_exists_no_cause_is_named(live_cluster: LiveCluster) -> None:
    assert told(live_cluster) == []
    assert list(causes(live_cluster, {"nowhere"})) == []
    with there(live_cluster, APP):
        running = {"startedAt": "2026-11-25T01:00:00Z"}
        fine = {
            "name": "app",
            "ready": True,
            "restartCount": 0,
            "image": "a",
            "imageID": "",
            "state": {"running": running},
        }
        with_status(live_cluster, APP, {"phase": "Running", "conditions": [PLACED], "containerStatuses": [fine]})
        assert told(live_cluster) == []
        with_status(live_cluster, APP, {"containerStatuses": [{**fine, "ready": False}]})
        with there(live_cluster, warned(APP, "Unhealthy", "Readiness probe failed: 503")):
            assert told(live_cluster) == [
                "Pod slow/app: container app: Readiness probe failed: 503; kubectl -n slow logs app -c app"
            ]


@pytest.mark.parametrize(
    ("reason", "message", "said"),
    [
        (
            "ImagePullBackOff",
            "not found",
            "container app cannot start: ImagePullBackOff: not found; see that the image",
        ),
        (
            "CrashLoopBackOff",
            "",
            "container app cannot start: CrashLoopBackOff; read why it ended: kubectl -n slow logs app",
        ),
        ("CreateContainerConfigError", 'secret "x" not found', 'secret "x" not found; create what it names'),
    ],
)
def test_a_container_that_cannot_start_says_why(
    live_cluster: LiveCluster, reason: str, message: str, said: str
) -> None:
    with there(live_cluster, APP):
        with_status(live_cluster, APP, waiting(reason, message))
        (line,) = told(live_cluster)
    assert line.startswith("Pod slow/app: ")
    assert said in line


def test_a_container_that_is_only_being_created_is_no_cause(live_cluster: LiveCluster) -> None:
    with there(live_cluster, APP):
        with_status(live_cluster, APP, waiting("ContainerCreating"))
        assert told(live_cluster) == []


def test_a_pod_that_no_node_takes_says_what_the_scheduler_says(live_cluster: LiveCluster) -> None:
    with there(live_cluster, APP):
        assert told(live_cluster) == ["Pod slow/app: no scheduler has placed it; add nodes, or set lower resources"]
        unplaced = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/2 nodes"}
        with_status(live_cluster, APP, {"conditions": [unplaced]})
        assert told(live_cluster) == ["Pod slow/app: 0/2 nodes; add nodes, or set lower resources"]


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ('pods "a" is forbidden: exceeded quota: q', "raise the ResourceQuota"),
        ('Internal error: failed calling webhook "namespace.sidecar-injector.istio.io"', "open port 15017"),
        ('pods "a" is forbidden: violates PodSecurity "restricted"', "set podSecurity"),
        ("something else", "see kubectl -n slow describe replicaset app"),
    ],
)
def test_pods_that_may_not_be_created_say_what_forbids_it(live_cluster: LiveCluster, message: str, remedy: str) -> None:
    labels = {"app": "a"}
    template = {"metadata": {"labels": labels}, "spec": POD}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    replicas = thing("apps/v1", "ReplicaSet", "app", "slow", spec=spec)
    with there(live_cluster, replicas, warned(replicas, "FailedCreate", message)):
        (line,) = told(live_cluster)
    assert line.startswith(f"ReplicaSet slow/app: {message}; {remedy}")


def test_the_newest_event_of_a_load_balancer_counts(live_cluster: LiveCluster) -> None:
    old = warned(FRONT, "FailedDeployModel", "no subnets", "2026-11-25T01:00:01Z")
    new = warned(FRONT, "FailedDeployModel", "two security groups", "2026-11-25T01:00:02Z")
    with there(live_cluster, FRONT):
        (line,) = told(live_cluster)
        assert line.startswith(
            "Service slow/front: its load balancer has no address yet: no controller has reported on it"
        )
        with there(live_cluster, new, old):
            (line,) = told(live_cluster)
            assert "no address yet: two security groups; see that the controller" in line
        with_status(live_cluster, FRONT, {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}})
        assert told(live_cluster) == []


def test_a_service_that_does_not_go_names_its_finalizer(live_cluster: LiveCluster) -> None:
    held = {**FRONT, "metadata": {**FRONT["metadata"], "finalizers": ["service.k8s.aws/resources"]}}
    live_cluster.apply(held, "somebody")
    live_cluster.delete(live_cluster.ref(held))
    (line,) = told(live_cluster)
    assert line == (
        "Service slow/front: is being deleted and waits for the finalizer service.k8s.aws/resources; "
        "the AWS Load Balancer Controller removes it: see that it runs, and its log"
    )
    live_cluster.apply({**held, "metadata": {**held["metadata"], "finalizers": []}}, "somebody")
    assert live_cluster.wait_until_gone([live_cluster.ref(held)]) == []
