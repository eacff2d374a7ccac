"""Is it told what changes for pods, for those who call them, and for what the mesh knows of the world outside?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.effects.effect import Hurt, Watcher
from fairlead.effects.routing import egress_watcher as egress
from fairlead.effects.routing import sidecar_watcher as sidecar_scopes
from fairlead.effects.routing import traffic_policy_watcher as traffic_policies
from fairlead.effects.workloads import workload_watcher as workloads
from tests.fixtures.compared import compared, release
from tests.fixtures.routing_objects import deployment, rule, service

pytestmark = pytest.mark.mesh
Told = list[tuple[str, Hurt | None]]


def told(watch: Watcher, before: list[Any], after: list[Any], *, deploys: bool = True) -> Told:
    return [(each.sentence, each.hurt) for each in watch(compared(before, after, deploys=deploys))]


def pods(image: str = "web:1", *, ready: bool = True, **spec: Any) -> dict[str, Any]:
    container = {"name": "web", "image": image, **({"readinessProbe": {"tcpSocket": {"port": 80}}} if ready else {})}
    made = deployment("v1")
    template = {**made["spec"]["template"], "spec": {"containers": [container]}}
    return {**made, "spec": {"template": template, **spec}}


def test_no_replicas_are_an_outage() -> None:
    assert told(workloads.watch, [pods(replicas=2)], [pods(replicas=0)]) == [
        ("Deployment hello/helloworld-v1: its replica count changes from 2 to 0", Hurt.INTERRUPTS)
    ]
    assert told(workloads.watch, [pods(replicas=0)], [pods()])[0][1] is None


def test_another_image_starts_pods_anew() -> None:
    assert told(workloads.watch, [pods()], [pods("web:2")]) == [
        ("Deployment hello/helloworld-v1: its pods restart: image web:2 instead of web:1", Hurt.RESTARTS)
    ]


def test_between_two_stacks_no_pod_starts_anew() -> None:
    assert told(workloads.watch, [pods()], [pods("web:2")], deploys=False) == [
        ("Deployment hello/helloworld-v1: image web:1 in before, web:2 in after", None)
    ]


def test_pods_that_all_stop_first_are_an_outage() -> None:
    recreated: dict[str, Any] = {"strategy": {"type": "Recreate"}}
    assert told(workloads.watch, [pods(**recreated)], [pods("web:2", **recreated)])[0][1] is Hurt.INTERRUPTS


def test_pods_without_a_readiness_probe_are_warned_of() -> None:
    sides = [compared([pods()], [pods("web:2", ready=ready)]) for ready in (True, False)]
    found = [effect.advice for side in sides for effect in workloads.watch(side)]
    assert "ready" in found[0]
    assert found[1].startswith("without a readiness probe")


def test_a_new_replica_starts_no_pod_anew() -> None:
    assert told(workloads.watch, [pods(replicas=1)], [pods(replicas=3)]) == [
        ("Deployment hello/helloworld-v1: its replica count changes from 1 to 3", None)
    ]


@pytest.mark.parametrize(
    ("policy", "text", "hurt"),
    [
        (
            {"loadBalancer": {"consistentHash": {"httpHeaderName": "x-user"}}},
            "load balancing changes from LEAST_REQUEST to consistent hash of httpHeaderName x-user; "
            "clients are sent to other pods than before",
            None,
        ),
        (
            {"connectionPool": {"tcp": {"maxConnections": 10}}},
            "its connection limit changes from none to 10",
            Hurt.INTERRUPTS,
        ),
        (
            {"outlierDetection": {"consecutive5xxErrors": 3}},
            "its pods are ejected after 3 consecutive 5xx errors, for 30s and at most 10 % of them from now on",
            None,
        ),
        (
            {"outlierDetection": {"maxEjectionPercent": 100}},
            "its pods are ejected after 5 consecutive 5xx errors, for 30s and at most 100 % of them from now on",
            Hurt.INTERRUPTS,
        ),
        (
            {"tls": {"mode": "DISABLE"}},
            "clients use plain text instead of automatic mTLS",
            Hurt.EXPOSES,
        ),
    ],
)
def test_what_callers_are_asked_is_told(policy: dict[str, Any], text: str, hurt: Hurt | None) -> None:
    found = told(traffic_policies.watch, [rule("v1")], [rule("v1", trafficPolicy=policy)])
    assert found == [(f"helloworld: {text}", hurt)]


def test_a_wider_limit_is_no_risk() -> None:
    before, after = ({"connectionPool": {"tcp": {"maxConnections": limit}}} for limit in (10, 20))
    assert told(traffic_policies.watch, [rule(trafficPolicy=before)], [rule(trafficPolicy=after)])[0][1] is None


def test_a_policy_of_a_port_or_a_subset_names_it() -> None:
    after = rule("v1", trafficPolicy={"portLevelSettings": [{"port": {"number": 80}, "tls": {"mode": "SIMPLE"}}]})
    after["spec"]["subsets"][0]["trafficPolicy"] = {"loadBalancer": {"simple": "RANDOM"}}
    assert [text for text, _ in told(traffic_policies.watch, [rule("v1")], [after])] == [
        "helloworld, port 80: clients use TLS instead of automatic mTLS",
        "helloworld, subset v1: load balancing changes from LEAST_REQUEST to RANDOM",
    ]


NAMESPACE = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "hello", "labels": {"istio-injection": "enabled"}},
}


def strict(mode: str = "STRICT", namespace: str = "hello") -> dict[str, Any]:
    metadata = {"name": "default", "namespace": namespace}
    kind = {"apiVersion": "security.istio.io/v1", "kind": "PeerAuthentication"}
    return {**kind, "metadata": metadata, "spec": {"mtls": {"mode": mode}}}


def test_plain_text_to_strict_pods_is_an_outage_whichever_of_the_two_changes() -> None:
    plain = rule("v1", trafficPolicy={"tls": {"mode": "DISABLE"}})
    world = [NAMESPACE, service(), deployment("v1")]
    for before in ([rule("v1"), strict()], [plain, strict("PERMISSIVE")]):
        found = told(traffic_policies.watch, [*world, *before], [*world, plain, strict()])
        assert any("every request gets 503" in text and hurt is Hurt.INTERRUPTS for text, hurt in found)


def outside(*hosts: str, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "ServiceEntry",
        "metadata": {"name": "outside", "namespace": "hello"},
        "spec": {"hosts": list(hosts), "ports": [{"number": 443, "protocol": "TLS"}], **spec},
    }


@pytest.mark.parametrize("chart", ["istiod", "oci://example.com/istio/istiod", "charts/istio-control/istio-discovery/"])
def test_a_host_outside_that_goes_is_a_risk_where_unknown_hosts_are_refused(chart: str) -> None:
    istiod = release("istiod", chart, meshConfig={"outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"}})
    entry = outside("api.example.com")
    assert told(egress.watch, [entry, istiod], [istiod]) == [
        ("api.example.com: no longer registered in the mesh: requests to it are blocked", Hurt.INTERRUPTS)
    ]
    assert [hurt for _, hurt in told(egress.watch, [entry], [])] == [None]


def test_a_host_outside_that_comes_is_told_with_its_port() -> None:
    assert told(egress.watch, [], [outside("api.example.com")]) == [
        ("api.example.com: registered in the mesh on port 443 TLS from now on", None)
    ]


def test_what_changes_of_a_host_outside_is_told() -> None:
    after = outside("api.example.com", resolution="DNS", exportTo=["."])
    assert [text for text, _ in told(egress.watch, [outside("api.example.com")], [after])] == [
        "api.example.com: its resolution changes from default to DNS",
        "api.example.com: visible in namespace hello only from now on",
    ]


def sidecar(*hosts: str, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "Sidecar",
        "metadata": {"name": "default", "namespace": "hello"},
        "spec": {"egress": [{"hosts": list(hosts)}], **spec},
    }


def test_a_sidecar_that_blocks_unknown_hosts_is_a_risk() -> None:
    after = sidecar("*/*", outboundTrafficPolicy={"mode": "REGISTRY_ONLY"})
    assert told(sidecar_scopes.watch, [sidecar("*/*")], [after]) == [
        ("namespace hello: outboundTrafficPolicy changes from the mesh's to REGISTRY_ONLY", Hurt.INTERRUPTS)
    ]


def test_an_autoscaler_says_how_many_pods_there_are() -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "helloworld-v1"}
    scaler: dict[str, Any] = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "helloworld-v1", "namespace": "hello"},
        "spec": {"scaleTargetRef": target, "minReplicas": 3, "maxReplicas": 9},
    }
    assert told(workloads.watch, [pods(replicas=3)], [pods(), scaler]) == [
        ("Deployment hello/helloworld-v1: its replica count changes from 3 to 3-9", None)
    ]
    fewer = {**scaler, "spec": {**scaler["spec"], "minReplicas": 2, "maxReplicas": 2}}
    assert "from 3-9 to 2" in told(workloads.watch, [pods(), scaler], [pods(), fewer])[0][0]
