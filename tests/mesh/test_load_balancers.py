"""What stands before a gateway, and whom does it admit? Annotations of its Service, and the front security group."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.aws.load_balancer_values import front_rules, has_front_group, pod_ports
from fairlead_mesh.gateway_values import gateway_values
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.istio import Istio
from fairlead_mesh.load_balancing import Balancing

pytestmark = pytest.mark.mesh

AWS = "service.beta.kubernetes.io/aws-load-balancer-"
ARN = "arn:aws:acm:eu-west-1:123456789012:certificate/"
HTTP_AND_HTTPS = [{"port": 80, "name": "http"}, {"port": 443, "name": "https"}]
CONTROLLER, AUTO_MODE, OPEN = Balancing("controller"), Balancing("autoMode"), Balancing(None)
OFFICE = {"cidrs": ["203.0.113.0/24"]}


def gateway(**keys: Any) -> Gateway:
    return Gateway.model_validate({"name": "istio-ingress", **keys})


def service(
    *, balancing: Balancing | None = CONTROLLER, front_group: str | None = None, undecided: Any = None, **keys: Any
) -> dict[str, Any]:
    values = gateway_values(gateway(**keys), Istio(), balancing, front_group=front_group, undecided=undecided)
    return values["service"]


def balancer(**keys: Any) -> dict[str, str]:
    return {key.removeprefix(AWS): value for key, value in service(**keys)["annotations"].items()}


def admitted(balancing: Balancing = CONTROLLER, **keys: Any) -> list[str | None]:
    return [rule.cidr or rule.prefix_list for rule in front_rules(gateway(**keys), balancing)]


def test_a_gateway_is_an_nlb_whose_targets_are_the_pods() -> None:
    assert balancer() == {
        "attributes": "load_balancing.cross_zone.enabled=true",
        "healthcheck-path": "/healthz/ready",
        "healthcheck-port": "15021",
        "healthcheck-protocol": "http",
        "nlb-target-type": "ip",
        "scheme": "internet-facing",
        "target-group-attributes": "deregistration_delay.timeout_seconds=180",
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
    assert set(service(balancing=None)) == {"type", "ports"}


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


def test_source_ranges_are_the_services_off_eks_and_on_auto_mode_and_else_the_front_groups() -> None:
    guarded = {"allowFrom": OFFICE}
    for balancing in (None, AUTO_MODE):
        assert service(balancing=balancing, loadBalancer=guarded)["loadBalancerSourceRanges"] == ["203.0.113.0/24"]
        assert "loadBalancerSourceRanges" not in service(balancing=balancing)
    assert "loadBalancerSourceRanges" not in service(loadBalancer=guarded)


def test_a_front_group_stands_before_guarded_load_balancers_on_eks() -> None:
    guarded = gateway(loadBalancer={"allowFrom": OFFICE})
    assert has_front_group(guarded, CONTROLLER)
    assert has_front_group(guarded, OPEN)
    assert not has_front_group(guarded, None)
    assert not has_front_group(guarded, AUTO_MODE)
    assert not has_front_group(gateway(), CONTROLLER)
    assert not has_front_group(gateway(expose="nodePort", loadBalancer={"allowFrom": OFFICE}), CONTROLLER)


def test_the_front_group_admits_every_source_on_every_port_by_a_name_of_its_own() -> None:
    sources = {"cidrs": ["203.0.113.0/24", "2001:db8::/32"], "prefixLists": ["pl-0123456789abcdef0"]}
    rules = front_rules(gateway(ports=HTTP_AND_HTTPS, loadBalancer={"allowFrom": sources}), CONTROLLER)
    assert [(rule.key, rule.port, rule.cidr, rule.prefix_list) for rule in rules[:3]] == [
        ("80-203.0.113.0-24", 80, "203.0.113.0/24", None),
        ("80-2001-db8---32", 80, "2001:db8::/32", None),
        ("80-pl-0123456789abcdef0", 80, None, "pl-0123456789abcdef0"),
    ]
    assert [rule.port for rule in rules] == [80, 80, 80, 443, 443, 443]
    assert len({rule.key for rule in rules}) == 6


def test_a_source_that_is_named_twice_is_admitted_once() -> None:
    sources = {"cidrs": OFFICE["cidrs"] * 2, "prefixLists": ["pl-0123456789abcdef0"] * 2}
    rules = front_rules(gateway(loadBalancer={"allowFrom": sources}), CONTROLLER)
    assert [rule.key for rule in rules] == ["80-203.0.113.0-24", "80-pl-0123456789abcdef0"]


def test_without_allow_from_the_front_group_would_admit_nobody() -> None:
    assert front_rules(gateway(), CONTROLLER) == []


def test_the_class_says_who_makes_the_load_balancer() -> None:
    assert service()["loadBalancerClass"] == "service.k8s.aws/nlb"
    assert service(balancing=AUTO_MODE)["loadBalancerClass"] == "eks.amazonaws.com/nlb"
    assert "loadBalancerClass" not in service(balancing=None)
    assert "loadBalancerClass" not in service(expose="nodePort")


def test_a_live_service_without_a_class_can_be_left_without_one() -> None:
    assert "loadBalancerClass" not in service(values={"service": {"loadBalancerClass": None}})


def test_auto_mode_gets_what_it_takes_and_nothing_else() -> None:
    tls = {"certificates": [f"{ARN}a"], "ports": ["https"]}
    rendered = balancer(balancing=AUTO_MODE, ports=HTTP_AND_HTTPS, loadBalancer={"tls": tls, "allowFrom": OFFICE})
    assert rendered == {
        "attributes": "load_balancing.cross_zone.enabled=true",
        "healthcheck-path": "/healthz/ready",
        "healthcheck-port": "15021",
        "healthcheck-protocol": "http",
        "nlb-target-type": "ip",
        "scheme": "internet-facing",
        "ssl-cert": f"{ARN}a",
        "ssl-ports": "https",
    }


def test_what_only_one_maker_takes_is_open_while_nobody_knows_which_it_is() -> None:
    guarded = {"allowFrom": OFFICE}
    rendered = service(balancing=OPEN, front_group="sg-1", undecided="open", loadBalancer=guarded)
    assert (rendered["loadBalancerClass"], rendered["loadBalancerSourceRanges"]) == ("open", "open")
    annotations = {key.removeprefix(AWS) for key, value in rendered["annotations"].items() if value == "open"}
    rules = "manage-backend-security-group-rules"
    assert annotations == {"type", "target-group-attributes", "security-groups", rules}


def test_on_an_ipv6_cluster_load_balancers_are_dual_stack() -> None:
    for maker in ("controller", "autoMode"):
        assert balancer(balancing=Balancing(maker, ipv6=True))["ip-address-type"] == "dualstack"
    assert "ip-address-type" not in balancer()


def test_who_admits_everybody_admits_them_on_ipv6_too_where_there_are_such_addresses() -> None:
    everybody = {"allowFrom": {"cidrs": ["0.0.0.0/0"]}}
    by_annotation = {**everybody, "annotations": {f"{AWS}ip-address-type": "dualstack"}}
    ipv6 = Balancing("controller", ipv6=True)
    assert admitted(loadBalancer=everybody) == ["0.0.0.0/0"]
    assert admitted(loadBalancer=by_annotation) == ["0.0.0.0/0", "::/0"]
    assert admitted(ipv6, loadBalancer=everybody) == ["0.0.0.0/0", "::/0"]
    assert admitted(ipv6, loadBalancer={"allowFrom": {"cidrs": ["::/0", "0.0.0.0/0"]}}) == ["::/0", "0.0.0.0/0"]
    assert admitted(ipv6, loadBalancer={"allowFrom": OFFICE}) == OFFICE["cidrs"]
    auto_mode = Balancing("autoMode", ipv6=True)
    assert service(balancing=auto_mode, loadBalancer=everybody)["loadBalancerSourceRanges"] == ["0.0.0.0/0", "::/0"]


def test_the_front_group_reaches_the_pods_where_they_listen_and_are_asked_for_their_health() -> None:
    assert pod_ports(gateway(ports=HTTP_AND_HTTPS)) == [80, 443, 15021]
    free = {"service": {"ports": [{"port": 443, "targetPort": 8443}, {"port": 80}, {"port": 9, "targetPort": "http"}]}}
    assert pod_ports(gateway(values=free)) == [80, 8443, 15021]
