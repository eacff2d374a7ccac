"""What stands before a gateway, and whom does it admit? Annotations of its Service, and the front security group."""

from __future__ import annotations

from typing import Any

import pytest

from mesh.gateway_values import front_rules, gateway_values, has_front_group
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


def balancer(**keys: Any) -> dict[str, str]:
    return {key.removeprefix(AWS): value for key, value in service(**keys)["annotations"].items()}


def test_a_gateway_is_an_nlb_whose_targets_are_the_pods() -> None:
    assert balancer() == {
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


def test_an_internal_gateway_has_the_internal_scheme() -> None:
    assert balancer(expose="internal")["scheme"] == "internal"


def test_cross_zone_and_drain_time_are_the_users() -> None:
    rendered = balancer(loadBalancer={"crossZone": False, "drain": "1m30s"})
    assert rendered["attributes"] == "load_balancing.cross_zone.enabled=false"
    assert rendered["target-group-attributes"] == "deregistration_delay.timeout_seconds=90"


def test_tls_ends_at_the_load_balancer_on_the_named_ports_and_never_on_the_status_port() -> None:
    tls = {"certificates": [f"{ARN}a", f"{ARN}b"], "ports": ["https"]}
    rendered = balancer(ports=HTTP_AND_HTTPS, loadBalancer={"tls": tls})
    assert rendered["ssl-cert"] == f"{ARN}a,{ARN}b"
    assert rendered["ssl-ports"] == "https"
    assert "ssl-negotiation-policy" not in rendered
    strict = {**tls, "policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}
    assert balancer(ports=HTTP_AND_HTTPS, loadBalancer={"tls": strict})["ssl-negotiation-policy"] == strict["policy"]


def test_without_tls_no_certificate_is_spoken_of() -> None:
    assert not [key for key in balancer(ports=HTTP_AND_HTTPS) if key.startswith("ssl")]


def test_the_controller_keeps_the_way_to_the_pods_open_behind_a_front_group() -> None:
    rendered = balancer(front_group="sg-0123456789abcdef0")
    assert rendered["security-groups"] == "sg-0123456789abcdef0"
    assert rendered["manage-backend-security-group-rules"] == "true"
    assert "security-groups" not in balancer()


def test_the_users_annotations_win() -> None:
    assert balancer(loadBalancer={"annotations": {f"{AWS}scheme": "internal"}})["scheme"] == "internal"


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
    guarded = {"allowFrom": OFFICE}
    assert service(on_eks=False, loadBalancer=guarded)["loadBalancerSourceRanges"] == ["203.0.113.0/24"]
    assert "loadBalancerSourceRanges" not in service(on_eks=True, loadBalancer=guarded)
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
        ("80-2001-db8---32", 80, "2001:db8::/32", None),
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
