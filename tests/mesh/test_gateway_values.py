"""What do a gateway's pods and its Service get? Chart values and the Gateway object."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.gateway_values import gateway_object, gateway_values
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.istio import Istio
from fairlead_mesh.load_balancing import Balancing

pytestmark = pytest.mark.mesh

CONTROLLER = Balancing("controller")


def gateway(**keys: Any) -> Gateway:
    return Gateway.model_validate({"name": "istio-ingress", **keys})


def values(**keys: Any) -> dict[str, Any]:
    balancing: Balancing | None = keys.pop("balancing", CONTROLLER)
    istio = {"version": keys.pop("version")} if "version" in keys else {}
    return gateway_values(gateway(**keys), Istio.model_validate(istio), balancing)


def service(**keys: Any) -> dict[str, Any]:
    return values(**keys)["service"]


def test_a_gateway_with_tls_says_when_its_certificates_end_beside_what_the_mesh_lets_out() -> None:
    """Istio reads the annotation instead of the mesh config, not beside it."""
    key, own = (
        "sidecar.istio.io/statsInclusionRegexps",
        r"listener\..*ssl\.certificate\.kubernetes.*\.expiration_unix_time_seconds",
    )
    https = gateway(ports=[{"port": 443, "protocol": "HTTPS", "tls": {"credentialName": "shop"}}])
    said = {"meshConfig": {"defaultConfig": {"proxyStatsMatcher": {"inclusionRegexps": ["cluster.*"]}}}}
    assert gateway_values(https, Istio(), None)["podAnnotations"] == {key: own}
    assert gateway_values(https, Istio.model_validate(said), None)["podAnnotations"] == {key: f"cluster.*,{own}"}
    assert "podAnnotations" not in gateway_values(gateway(), Istio(), None)


def test_annotations_are_sorted_text() -> None:
    rendered = service(loadBalancer={"annotations": {"a.example.com/team": "shop"}})["annotations"]
    assert list(rendered) == sorted(rendered)
    assert all(isinstance(value, str) for value in rendered.values())


def test_the_service_has_the_status_port_first_and_then_the_gateways_own() -> None:
    ports = service(
        expose="nodePort", ports=[{"port": 80}, {"port": 443, "protocol": "HTTPS"}, {"port": 5432, "name": "tcp-db"}]
    )["ports"]
    named = {port["name"]: (port["port"], port["targetPort"], port["protocol"]) for port in ports}
    assert list(named) == ["status-port", "http-80", "https-443", "tcp-db"]
    assert named["status-port"] == (15021, 15021, "TCP")
    assert named["https-443"] == (443, 443, "TCP")


def test_the_pods_carry_the_label_that_the_gateway_object_selects() -> None:
    for keys, label in (
        ({}, {"istio": "ingress"}),
        ({"name": "partners"}, {"istio": "partners"}),
        ({"selector": {"istio": "ingressgateway"}}, {"istio": "ingressgateway"}),
    ):
        rendered = gateway_object(gateway(**keys))
        assert rendered is not None
        assert values(**keys)["labels"] == label
        assert rendered["spec"]["selector"] == label


def test_an_ingress_gateway_serves_every_host_until_some_are_named() -> None:
    named = {"port": 443, "protocol": "HTTPS", "hosts": ["a.com"], "tls": {"credentialName": "a-cert"}}
    rendered = gateway_object(gateway(namespace="edge", ports=[{"port": 80}, named]))
    assert rendered is not None
    assert (rendered["apiVersion"], rendered["kind"]) == ("networking.istio.io/v1", "Gateway")
    assert rendered["metadata"] == {"name": "istio-ingress", "namespace": "edge"}
    assert rendered["spec"]["servers"] == [
        {"port": {"number": 80, "name": "http-80", "protocol": "HTTP"}, "hosts": ["*"]},
        {
            "port": {"number": 443, "name": "https-443", "protocol": "HTTPS"},
            "hosts": ["a.com"],
            "tls": {"mode": "SIMPLE", "credentialName": "a-cert"},
        },
    ]


def test_tls_that_passes_through_names_no_credential() -> None:
    port = {"port": 443, "protocol": "TLS", "tls": {"mode": "PASSTHROUGH"}}
    rendered = gateway_object(gateway(ports=[port]))
    assert rendered is not None
    assert rendered["spec"]["servers"][0]["tls"] == {"mode": "PASSTHROUGH"}


def test_an_egress_gateway_is_inside_and_serves_no_host_until_some_are_named() -> None:
    egress: dict[str, Any] = {"name": "istio-egress", "direction": "egress"}
    assert service(**egress)["type"] == "ClusterIP"
    assert gateway_object(gateway(**egress)) is None
    rendered = gateway_object(gateway(**egress, ports=[{"port": 80}, {"port": 443, "hosts": ["api.example.com"]}]))
    assert rendered is not None
    assert [server["hosts"] for server in rendered["spec"]["servers"]] == [["api.example.com"]]


def test_a_gateway_lives_in_a_namespace_of_its_own_until_one_is_named() -> None:
    assert gateway().home == "istio-ingress"
    assert gateway(namespace="edge").home == "edge"


def test_a_fixed_number_of_pods_turns_the_autoscaler_off() -> None:
    rendered = values(replicas=3)
    assert (rendered["replicaCount"], rendered["autoscaling"]) == (3, {"enabled": False})


def test_an_autoscaler_has_the_users_bounds() -> None:
    rendered = values(autoscaling={"min": 2, "max": 6, "cpu": 70})
    bounds = {"minReplicas": 2, "maxReplicas": 6, "targetCPUUtilizationPercentage": 70}
    assert rendered["autoscaling"] == {"enabled": True, **bounds}
    assert "replicaCount" not in rendered


def test_what_is_not_said_is_left_to_the_chart() -> None:
    assert set(values(balancing=None)) == {"labels", "service"}


def test_resources_and_the_disruption_budget_go_through_as_they_are() -> None:
    resources = {"requests": {"cpu": "100m"}}
    rendered = values(resources=resources, podDisruptionBudget={"minAvailable": "50%"})
    assert rendered["resources"] == resources
    assert rendered["podDisruptionBudget"] == {"minAvailable": "50%"}


def test_free_values_are_merged_last() -> None:
    free = {"service": {"type": "NodePort"}, "env": {"A": "b"}, "labels": {"team": "shop"}}
    rendered = values(balancing=None, replicas=1, values=free)
    assert rendered["service"]["type"] == "NodePort"
    assert rendered["service"]["ports"][0]["name"] == "status-port"
    assert rendered["env"] == {"A": "b"}
    assert rendered["labels"] == {"istio": "ingress", "team": "shop"}


def sleep(rendered: dict[str, Any]) -> Any:
    return rendered.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds")


def test_the_pods_of_a_gateway_on_eks_answer_until_the_load_balancer_sends_them_nothing() -> None:
    for keys in ({}, {"expose": "internal"}, {"expose": "nodePort"}, {"direction": "egress"}):
        rendered = values(**keys)
        assert (sleep(rendered), rendered["terminationGracePeriodSeconds"]) == (180, 210)
        assert rendered["env"] == {"EXIT_ON_ZERO_ACTIVE_CONNECTIONS": "true"}


def test_sleep_grace_period_and_deregistration_delay_follow_the_one_key() -> None:
    rendered = values(loadBalancer={"drain": "4m30s"})
    assert (sleep(rendered), rendered["terminationGracePeriodSeconds"]) == (270, 300)
    annotations = rendered["service"]["annotations"]
    key = "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"
    assert annotations[key] == "deregistration_delay.timeout_seconds=270"


def test_off_eks_pods_leave_as_istio_lets_them_until_a_drain_is_named() -> None:
    assert "lifecycle" not in values(balancing=None)
    rendered = values(balancing=None, loadBalancer={"drain": "20s"})
    assert (sleep(rendered), rendered["terminationGracePeriodSeconds"]) == (20, 50)


def test_no_drain_is_no_hook_as_kubernetes_takes_no_sleep_of_nothing() -> None:
    assert "lifecycle" not in values(loadBalancer={"drain": "0s"})


def test_a_chart_that_takes_no_hook_gets_none() -> None:
    rendered = values(version="1.26.8")
    assert "lifecycle" not in rendered
    assert rendered["terminationGracePeriodSeconds"] == 210
    assert rendered["service"]["loadBalancerClass"] == "service.k8s.aws/nlb"
    assert "loadBalancerClass" not in values(version="1.25.5")["service"]


def test_a_hook_of_the_users_is_the_only_one() -> None:
    hook = {"preStop": {"exec": {"command": ["/bin/true"]}}}
    assert values(values={"lifecycle": hook})["lifecycle"] == hook
    proxies = Istio.model_validate({"values": {"istiod": {"global": {"proxy": {"lifecycle": hook}}}}})
    assert "lifecycle" not in gateway_values(gateway(), proxies, CONTROLLER)


def test_the_status_port_is_no_way_in_where_aws_asks_the_pods_themselves() -> None:
    for balancing in (CONTROLLER, Balancing("autoMode"), Balancing(None)):
        assert [port["port"] for port in service(balancing=balancing)["ports"]] == [80]
    assert [port["port"] for port in service(balancing=None)["ports"]] == [15021, 80]
    assert [port["port"] for port in service(expose="nodePort")["ports"]] == [15021, 80]
