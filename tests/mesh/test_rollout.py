"""Do pods of gateways and samples come and go as their keys say?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from fairlead_mesh.gateway_values import gateway_values
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.istio import Istio, istiod_values
from fairlead_mesh.rollout.gateway_rollout import rollout_objects
from fairlead_mesh.samples.sample import Sample
from fairlead_mesh.samples.samples import sample_objects

pytestmark = pytest.mark.mesh


def gateway(**keys: Any) -> Gateway:
    return Gateway.model_validate({"name": "istio-ingress", **keys})


def values(**keys: Any) -> dict[str, Any]:
    return gateway_values(gateway(**keys), Istio(), None)


def sample(**keys: Any) -> dict[tuple[str, str], dict[str, Any]]:
    made = sample_objects(Sample.model_validate({"name": "helloworld", **keys}))
    return {(each["kind"], each["metadata"]["name"]): each for each in made}


def test_a_gateway_scales_by_cpu_and_memory_with_its_chart() -> None:
    assert values(autoscaling={"min": 2, "max": 5, "memory": 70})["autoscaling"] == {
        "enabled": True,
        "minReplicas": 2,
        "maxReplicas": 5,
        "targetCPUUtilizationPercentage": 80,
        "targetMemoryUtilizationPercentage": 70,
    }
    assert rollout_objects(gateway(autoscaling={"min": 2, "max": 5})) == []


def test_istiod_scales_by_memory_too() -> None:
    istio = Istio.model_validate({"autoscaling": {"min": 2, "max": 5, "memory": 70}})
    assert istiod_values(istio, extension_providers=[])["memory"] == {"targetAverageUtilization": 70}


def test_requests_of_a_gateway_are_counted_by_an_autoscaler_beside_its_chart() -> None:
    scaling = {"min": 2, "max": 9, "requestsPerSecond": 200}
    keys: dict[str, Any] = {"autoscaling": scaling, "podDisruptionBudget": {"maxUnavailable": 1}}
    written = values(**keys)
    assert written["autoscaling"] == {"enabled": False}
    assert not {"replicaCount", "podDisruptionBudget"} & written.keys()
    scaler, budget = rollout_objects(gateway(**keys))
    assert scaler["spec"]["scaleTargetRef"]["name"] == "istio-ingress"
    assert scaler["spec"]["metrics"][1] == {
        "type": "Pods",
        "pods": {
            "metric": {"name": "istio_gateway_requests_per_second"},
            "target": {"type": "AverageValue", "averageValue": "200"},
        },
    }
    # The chart's own objects have the gateway's name, and are deleted after these are created.
    assert {each["metadata"]["name"] for each in (scaler, budget)} == {"istio-ingress-requests"}
    assert budget["spec"] == {
        "maxUnavailable": 1,
        "selector": {"matchLabels": {"app": "istio-ingress", "istio": "ingress"}},
    }


def test_a_gateway_of_somebody_else_gets_no_autoscaler() -> None:
    scaling = {"min": 2, "max": 9, "requestsPerSecond": 200}
    assert rollout_objects(gateway(external=True, autoscaling=scaling)) == []


def test_pods_of_a_gateway_are_spread_by_the_labels_of_its_deployment() -> None:
    zones, hosts = values(spread={"zones": "DoNotSchedule", "hosts": "ScheduleAnyway"})["topologySpreadConstraints"]
    assert (zones["topologyKey"], zones["whenUnsatisfiable"]) == ("topology.kubernetes.io/zone", "DoNotSchedule")
    assert (hosts["topologyKey"], hosts["whenUnsatisfiable"]) == ("kubernetes.io/hostname", "ScheduleAnyway")
    assert zones["labelSelector"] == {"matchLabels": {"app": "istio-ingress", "istio": "ingress"}}
    renamed = values(spread={"zones": "DoNotSchedule"}, values={"name": "edge"})["topologySpreadConstraints"]
    assert renamed[0]["labelSelector"]["matchLabels"]["app"] == "edge"


def test_a_sample_that_says_nothing_has_one_pod_and_no_autoscaler() -> None:
    made = sample()
    assert made["Deployment", "helloworld-v1"]["spec"]["replicas"] == 1
    assert {kind for kind, _ in made} == {"Service", "Deployment"}


def test_an_autoscaled_deployment_has_no_replicas_of_its_own() -> None:
    made = sample(autoscaling={"min": 2, "max": 4, "cpu": 60, "requestsPerSecond": 50}, namespace="hello")
    assert "replicas" not in made["Deployment", "helloworld-v1"]["spec"]
    scaler = made["HorizontalPodAutoscaler", "helloworld-v1"]
    assert scaler["metadata"]["namespace"] == "hello"
    assert (scaler["spec"]["minReplicas"], scaler["spec"]["maxReplicas"]) == (2, 4)
    assert scaler["spec"]["scaleTargetRef"]["name"] == "helloworld-v1"
    cpu, requests = scaler["spec"]["metrics"]
    assert cpu["resource"] == {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}
    assert requests["pods"]["metric"] == {"name": "istio_requests_per_second"}


def test_each_version_of_a_sample_has_a_budget_of_its_own_pods() -> None:
    made = sample(replicas=2, podDisruptionBudget={"minAvailable": 1}, spread={"hosts": "ScheduleAnyway"})
    budget, pods = made["PodDisruptionBudget", "helloworld-v2"], made["Deployment", "helloworld-v2"]["spec"]
    assert budget["spec"] == {"minAvailable": 1, "selector": pods["selector"]}
    [constraint] = pods["template"]["spec"]["topologySpreadConstraints"]
    assert constraint["labelSelector"] == pods["selector"]
    assert pods["replicas"] == 2


def test_pod_and_sidecar_leave_together() -> None:
    pod = sample(drain="30s")["Deployment", "helloworld-v1"]["spec"]["template"]
    [container] = pod["spec"]["containers"]
    assert container["lifecycle"] == {"preStop": {"sleep": {"seconds": 30}}}
    assert pod["spec"]["terminationGracePeriodSeconds"] > 30
    config = json.loads(pod["metadata"]["annotations"]["proxy.istio.io/config"])
    assert config["proxyMetadata"] == {
        "EXIT_ON_ZERO_ACTIVE_CONNECTIONS": "true",
        "MINIMUM_DRAIN_DURATION": "30s",
    }


def test_a_drain_of_none_leaves_no_hook_behind() -> None:
    pod = sample(drain="0s")["Deployment", "helloworld-v1"]["spec"]["template"]["spec"]
    assert "lifecycle" not in pod["containers"][0]
