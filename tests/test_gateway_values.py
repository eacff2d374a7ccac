"""What do a gateway's pods, Service and load balancer get? Chart values, annotations and the Gateway object."""

from __future__ import annotations

from typing import Any

import pytest

from mesh.gateway_values import (
    aws_annotations,
    front_rules,
    gateway_object,
    gateway_values,
    has_front_group,
)
from mesh.gateways import Gateway

pytestmark = pytest.mark.mesh

AWS = "service.beta.kubernetes.io/aws-load-balancer-"
ARN = "arn:aws:acm:eu-west-1:123456789012:certificate/"
HTTP_AND_HTTPS = [{"port": 80, "name": "http"}, {"port": 443, "name": "https"}]
OFFICE = {"cidrs": ["203.0.113.0/24"]}


def gateway(**keys: Any) -> Gateway:
    return Gateway.model_validate({"name": "istio-ingress", **keys})


def service(*, on_eks: bool = True, front_group: str | None = None, **keys: Any) -> dict[str, Any]:
    return gateway_values(gateway(**keys), on_eks=on_eks, front_group=front_group)["service"]


def annotations(**keys: Any) -> dict[str, str]:
    return {key.removeprefix(AWS): value for key, value in service(**keys)["annotations"].items()}


def test_a_gateway_is_an_nlb_whose_targets_are_the_pods() -> None:
    assert annotations() == {
        "attributes": "load_balancing.cross_zone.enabled=true",
        "healthcheck-path": "/healthz/ready",
        "healthcheck-port": "15021",
        "healthcheck-protocol": "http",
        "nlb-target-type": "ip",
        "scheme": "internet-facing",
        "target-group-attributes": "deregistration_delay.timeout_seconds=60",
        "type": "external",
    }
    assert service()["type"] == "LoadBalancer"


def test_annotations_are_sorted_text() -> None:
    rendered = service(loadBalancer={"annotations": {"a.example.com/team": "shop"}})["annotations"]
    assert list(rendered) == sorted(rendered)
    assert all(isinstance(value, str) for value in rendered.values())


def test_an_internal_gateway_has_the_internal_scheme() -> None:
    assert annotations(expose="internal")["scheme"] == "internal"


def test_cross_zone_and_drain_time_are_the_users() -> None:
    rendered = annotations(loadBalancer={"crossZone": False, "drain": "1m30s"})
    assert rendered["attributes"] == "load_balancing.cross_zone.enabled=false"
    assert rendered["target-group-attributes"] == "deregistration_delay.timeout_seconds=90"


def test_tls_ends_at_the_load_balancer_on_the_named_ports_and_never_on_the_status_port() -> None:
    tls = {"certificates": [f"{ARN}a", f"{ARN}b"], "ports": ["https"]}
    rendered = annotations(ports=HTTP_AND_HTTPS, loadBalancer={"tls": tls})
    assert rendered["ssl-cert"] == f"{ARN}a,{ARN}b"
    assert rendered["ssl-ports"] == "https"
    assert "ssl-negotiation-policy" not in rendered
    strict = {**tls, "policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}
    assert annotations(ports=HTTP_AND_HTTPS, loadBalancer={"tls": strict})["ssl-negotiation-policy"] == strict["policy"]


def test_without_tls_no_certificate_is_spoken_of() -> None:
    assert not [key for key in annotations(ports=HTTP_AND_HTTPS) if key.startswith("ssl")]


def test_the_controller_keeps_the_way_to_the_pods_open_behind_a_front_group() -> None:
    rendered = annotations(front_group="sg-0123456789abcdef0")
    assert rendered["security-groups"] == "sg-0123456789abcdef0"
    assert rendered["manage-backend-security-group-rules"] == "true"
    assert "security-groups" not in annotations()


def test_the_users_annotations_win() -> None:
    assert annotations(loadBalancer={"annotations": {f"{AWS}scheme": "internal"}})["scheme"] == "internal"


def test_off_eks_a_load_balancer_has_no_annotations_of_aws() -> None:
    assert service(on_eks=False) == {"type": "LoadBalancer", "ports": service()["ports"]}


@pytest.mark.parametrize(
    ("expose", "kind"),
    [
        ("internet-facing", "LoadBalancer"),
        ("internal", "LoadBalancer"),
        ("nodePort", "NodePort"),
        ("clusterIP", "ClusterIP"),
    ],
)
def test_the_service_is_of_the_type_that_expose_asks_for(expose: str, kind: str) -> None:
    rendered = service(expose=expose)
    assert rendered["type"] == kind
    assert ("annotations" in rendered) == (kind == "LoadBalancer")


def test_source_ranges_are_the_services_off_eks_and_the_front_groups_on_it() -> None:
    balancer = {"allowFrom": OFFICE}
    assert service(on_eks=False, loadBalancer=balancer)["loadBalancerSourceRanges"] == ["203.0.113.0/24"]
    assert "loadBalancerSourceRanges" not in service(on_eks=True, loadBalancer=balancer)
    assert "loadBalancerSourceRanges" not in service(on_eks=False)


def test_a_front_group_stands_before_guarded_load_balancers_on_eks() -> None:
    guarded = gateway(loadBalancer={"allowFrom": OFFICE})
    assert has_front_group(guarded, on_eks=True)
    assert not has_front_group(guarded, on_eks=False)
    assert not has_front_group(gateway(), on_eks=True)
    assert not has_front_group(gateway(expose="nodePort", loadBalancer={"allowFrom": OFFICE}), on_eks=True)


def test_the_front_group_admits_every_source_on_every_port_by_a_name_of_its_own() -> None:
    sources = {"cidrs": ["203.0.113.0/24", "2001:db8::/32"], "prefixLists": ["pl-0123456789abcdef0"]}
    rules = front_rules(gateway(ports=HTTP_AND_HTTPS, loadBalancer={"allowFrom": sources}))
    assert [(rule.key, rule.port, rule.cidr, rule.prefix_list) for rule in rules[:3]] == [
        ("80-203.0.113.0-24", 80, "203.0.113.0/24", None),
        ("80-2001:db8::-32", 80, "2001:db8::/32", None),
        ("80-pl-0123456789abcdef0", 80, None, "pl-0123456789abcdef0"),
    ]
    assert [rule.port for rule in rules] == [80, 80, 80, 443, 443, 443]
    assert len({rule.key for rule in rules}) == 6


def test_a_source_that_is_named_twice_is_admitted_once() -> None:
    sources = {"cidrs": OFFICE["cidrs"] * 2, "prefixLists": ["pl-0123456789abcdef0"] * 2}
    rules = front_rules(gateway(loadBalancer={"allowFrom": sources}))
    assert [rule.key for rule in rules] == ["80-203.0.113.0-24", "80-pl-0123456789abcdef0"]


def test_without_allow_from_the_front_group_would_admit_nobody() -> None:
    assert front_rules(gateway()) == []


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
    egress = {"name": "istio-egress", "direction": "egress"}
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


def test_the_annotations_do_not_depend_on_where_the_gateway_is_asked_from() -> None:
    assert {AWS + key: value for key, value in annotations().items()} == aws_annotations(gateway())
