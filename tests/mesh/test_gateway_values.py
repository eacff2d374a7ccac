"""What do a gateway's pods and its Service get? Chart values and the Gateway object."""

from __future__ import annotations

from typing import Any

import pytest

from mesh.gateway_values import gateway_object, gateway_values
from mesh.gateways import Gateway

pytestmark = pytest.mark.mesh


def gateway(**keys: Any) -> Gateway:
    return Gateway.model_validate({"name": "istio-ingress", **keys})


def service(**keys: Any) -> dict[str, Any]:
    return gateway_values(gateway(**keys), on_eks=True)["service"]


def test_annotations_are_sorted_text() -> None:
    rendered = service(loadBalancer={"annotations": {"a.example.com/team": "shop"}})["annotations"]
    assert list(rendered) == sorted(rendered)
    assert all(isinstance(value, str) for value in rendered.values())


def test_the_service_has_the_status_port_first_and_then_the_gateways_own() -> None:
    ports = service(ports=[{"port": 80}, {"port": 443, "protocol": "HTTPS"}, {"port": 5432, "name": "tcp-db"}])["ports"]
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
        assert gateway_values(gateway(**keys), on_eks=True)["labels"] == label
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
    values = gateway_values(gateway(replicas=3), on_eks=True)
    assert (values["replicaCount"], values["autoscaling"]) == (3, {"enabled": False})


def test_an_autoscaler_has_the_users_bounds() -> None:
    values = gateway_values(gateway(autoscaling={"min": 2, "max": 6, "cpu": 70}), on_eks=True)
    bounds = {"minReplicas": 2, "maxReplicas": 6, "targetCPUUtilizationPercentage": 70}
    assert values["autoscaling"] == {"enabled": True, **bounds}
    assert "replicaCount" not in values


def test_what_is_not_said_is_left_to_the_chart() -> None:
    assert set(gateway_values(gateway(), on_eks=True)) == {"labels", "service"}


def test_resources_and_the_disruption_budget_go_through_as_they_are() -> None:
    resources = {"requests": {"cpu": "100m"}}
    values = gateway_values(gateway(resources=resources, podDisruptionBudget={"minAvailable": "50%"}), on_eks=True)
    assert values["resources"] == resources
    assert values["podDisruptionBudget"] == {"minAvailable": "50%"}


def test_free_values_are_merged_last() -> None:
    free = {"service": {"type": "NodePort"}, "env": {"A": "b"}, "labels": {"team": "shop"}}
    values = gateway_values(gateway(replicas=1, values=free), on_eks=True)
    assert values["service"]["type"] == "NodePort"
    assert values["service"]["ports"][0]["name"] == "status-port"
    assert values["env"] == {"A": "b"}
    assert values["labels"] == {"istio": "ingress", "team": "shop"}
