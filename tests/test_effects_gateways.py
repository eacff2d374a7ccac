"""Is it told who reaches a gateway, at which address, on which ports, and whether its pods hold out?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fairlead.comparison.compare import compare
from fairlead.effects.effect import Effect, Hurt
from fairlead.effects.gateways import gateway_pod_watcher as gateway_pods
from fairlead.effects.gateways import gateway_watcher as entrances
from fairlead.effects.gateways import load_balancer_watcher as load_balancers
from fairlead.effects.security import security_group_watcher as firewall
from fairlead.evaluation.snapshot import SECRET, UNKNOWN
from tests.compared import aws, compared, release, side
from tests.test_effects_routes import gateway, route, virtual_service

pytestmark = pytest.mark.mesh
AWS = "service.beta.kubernetes.io/aws-load-balancer-"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"


def pods(**values: Any) -> Any:
    return release("istio-ingress", "gateway", namespace="istio-ingress", labels={"istio": "ingress"}, **values)


def nlb(scheme: str | None = "internet-facing", *, service: dict[str, Any] | None = None, **annotations: str) -> Any:
    said = {"type": "external", **({"scheme": scheme} if scheme else {}), **annotations}
    named = {AWS + key.replace("_", "-"): value for key, value in said.items()}
    return pods(service={"annotations": named, **(service or {})})


def balancers(before: Any, after: Any, *, deploys: bool = True) -> list[Effect]:
    sides = ([each] if each else [] for each in (before, after))
    return list(load_balancers.watch(compared(*sides, deploys=deploys)))


def test_a_load_balancer_that_becomes_internal_gets_another_address() -> None:
    (found,) = balancers(nlb(), nlb("internal"))
    assert found.sentence == "gateway istio-ingress: NLB becomes internal; its address will change"
    assert found.hurt is Hurt.REPLACES


def test_a_load_balancer_that_becomes_public_opens_up() -> None:
    found = balancers(nlb("internal"), nlb())
    assert [(each.text, each.hurt) for each in found] == [
        ("NLB becomes internet-facing; its address will change", Hurt.REPLACES),
        ("in reach of the whole internet from now on", Hurt.EXPOSES),
    ]


def test_between_two_stacks_an_address_does_not_change() -> None:
    found = balancers(nlb(), nlb("internal"), deploys=False)
    assert [(each.text, each.hurt) for each in found] == [("NLB is internet-facing in before, internal in after", None)]


def test_without_its_scheme_a_standing_load_balancer_stays() -> None:
    (found,) = balancers(nlb(), nlb(None))
    assert found.text == "no longer said to be internet-facing; a standing one stays internet-facing"
    assert found.hurt is None


def test_the_old_annotation_for_internal_says_the_same() -> None:
    assert balancers(nlb("internal"), nlb(None, internal="true")) == []


def test_a_gateway_that_goes_is_told_with_its_apps() -> None:
    app = virtual_service(route())
    (found,) = load_balancers.watch(compared([gateway(), pods(), app], [gateway(), app]))
    assert found.sentence == "gateway istio-ingress: no longer there; helloworld is reached through it"
    assert found.hurt is Hurt.INTERRUPTS


def test_a_gateway_that_comes_is_told_with_its_ports() -> None:
    (found,) = balancers(None, nlb())
    assert found.text == "internet-facing NLB on ports 80 and 443 from now on"
    assert found.hurt is Hurt.EXPOSES


def test_a_load_balancer_that_becomes_a_node_port_loses_its_address() -> None:
    (found,) = balancers(nlb(), pods(service={"type": "NodePort"}))
    assert found.text == "internet-facing NLB becomes a NodePort; its address goes"
    assert found.hurt is Hurt.INTERRUPTS


@pytest.mark.parametrize(
    ("before", "after", "text", "hurt"),
    [
        ({"nlb_target_type": "ip"}, {"nlb_target_type": "instance"}, "its target type goes", Hurt.REPLACES),
        ({}, {"name": "web"}, "its name goes from none to web; a standing NLB keeps", None),
        ({"ssl_cert": "arn:a"}, {"ssl_cert": "arn:b"}, "its list of certificates goes from arn:a to arn:b", None),
        ({"subnets": "a"}, {"subnets": "b"}, "its list of subnets goes", Hurt.REPLACES),
        ({"healthcheck_path": "/a"}, {"healthcheck_path": "/b"}, "the path of its health check", Hurt.INTERRUPTS),
        (
            {"target_group_attributes": "deregistration_delay.timeout_seconds=60"},
            {"target_group_attributes": "deregistration_delay.timeout_seconds=5"},
            "drain in seconds goes from 60 to 5",
            None,
        ),
        ({"security_groups": "sg-1"}, {}, "no longer behind security groups of its own", Hurt.EXPOSES),
        ({}, {"security_groups": "sg-1"}, "behind security groups of its own", Hurt.REFUSES),
    ],
)
def test_a_setting_of_a_load_balancer_is_told(
    before: dict[str, str], after: dict[str, str], text: str, hurt: Hurt | None
) -> None:
    (found,) = balancers(nlb(service=None, **before), nlb(service=None, **after))
    assert found.text.startswith(text)
    assert found.hurt is hurt


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (["10.0.0.0/16"], ["10.0.0.0/8"], [("open to 10.0.0.0/8 from now on", Hurt.EXPOSES)]),
        (["10.0.0.0/8"], ["10.0.0.0/16"], [("no longer open to 10.0.0.0/8, only to 10.0.0.0/16", Hurt.REFUSES)]),
        (["10.0.0.0/8"], [], [("open to the whole internet from now on", Hurt.EXPOSES)]),
        (["10.0.0.0/8", "10.1.0.0/16"], ["10.0.0.0/8"], []),
    ],
)
def test_sources_are_told_by_what_they_let_in(before: list[str], after: list[str], told: list[Any]) -> None:
    sides = (nlb(service={"loadBalancerSourceRanges": each}) for each in (before, after))
    assert [(each.text, each.hurt) for each in balancers(*sides)] == told


def test_a_port_that_goes_is_a_risk() -> None:
    ports = [{"name": "status-port", "port": 15021}, {"name": "https", "port": 443}]
    (found,) = balancers(nlb(), nlb(service={"ports": ports}))
    assert (found.text, found.hurt) == ("no longer reachable on port 80", Hurt.INTERRUPTS)


def test_a_port_that_leads_elsewhere_is_a_risk() -> None:
    ports = [{"port": 15021}, {"port": 80, "targetPort": 8080}, {"port": 443}]
    (found,) = balancers(nlb(), nlb(service={"ports": ports}))
    assert (found.text, found.hurt) == ("port 80 leads to the pods' port 8080 instead of 80", Hurt.INTERRUPTS)


def test_a_way_out_that_goes_is_told_as_one() -> None:
    (found,) = balancers(pods(service={"type": "ClusterIP"}), None)
    assert found.text == "no longer there"
    assert found.advice == "move what goes through it to another gateway before"


def test_a_service_of_a_chart_that_was_rendered_on_one_side_only_is_not_missed() -> None:
    kiali = release("kiali", "kiali-server")
    before, after = (side([kiali], label) for label in ("before", "after"))
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "kiali"}, "spec": {"type": "NodePort"}}
    rendered = replace(before, charts={before.snapshot.resources[1].urn: (service,)})
    assert list(load_balancers.watch(compare(rendered, after))) == []
    assert list(load_balancers.watch(compare(after, rendered))) == []


def test_a_service_that_is_no_gateway_is_told_too() -> None:
    def reached(scheme: str) -> dict[str, Any]:
        return {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web", "namespace": "web", "annotations": {f"{AWS}scheme": scheme}},
            "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]},
        }

    (found,) = balancers(reached("internet-facing"), reached("internal"))
    assert found.sentence == "Service web/web: load balancer becomes internal; its address will change"


def test_of_values_that_are_a_secret_nothing_is_said() -> None:
    hidden = {**nlb(), "values": SECRET}
    assert balancers(nlb(), hidden) == []
    assert balancers(hidden, nlb("internal")) == []


def scaled(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Hurt | None]]:
    found = gateway_pods.watch(compared([pods(**before)], [pods(**after)]))
    return [(each.text, each.hurt) for each in found]


def test_a_single_pod_is_a_risk() -> None:
    two, one = {"autoscaling": {"minReplicas": 2}}, {"autoscaling": {"enabled": False}, "replicaCount": 1}
    assert scaled(two, one) == [("its number of pods goes from 2-5 to 1", Hurt.INTERRUPTS)]
    assert scaled(one, two) == [("its number of pods goes from 1 to 2-5", None)]


def test_a_disruption_budget_that_goes_is_a_risk() -> None:
    found = scaled({"podDisruptionBudget": {"minAvailable": 1}}, {})
    assert found == [("its disruption budget goes from minAvailable 1 to none", Hurt.INTERRUPTS)]


def test_labels_of_a_deployments_selector_cannot_change() -> None:
    after = release("istio-ingress", "gateway", namespace="istio-ingress", labels={"istio": "other"})
    (found,) = gateway_pods.watch(compared([pods()], [after]))
    assert found.hurt is Hurt.INTERRUPTS
    assert "istio: other instead of app: istio-ingress, istio: ingress" in found.text


def listening(*servers: tuple[int, str, dict[str, Any]], selector: str = "ingress") -> dict[str, Any]:
    listed = [
        {
            "port": {"number": number, "protocol": "HTTPS" if tls else "HTTP"},
            "hosts": [host],
            **({"tls": tls} if tls else {}),
        }
        for number, host, tls in servers
    ]
    return {**gateway(), "spec": {"selector": {"istio": selector}, "servers": listed}}


def entrance(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Hurt | None]]:
    found = entrances.watch(compared([pods(), before], [pods(), after]))
    return [(each.text, each.hurt) for each in found]


SIMPLE = {"mode": "SIMPLE", "credentialName": "web"}


@pytest.mark.parametrize(
    ("before", "after", "text", "hurt"),
    [
        ((80, "*", {}), (81, "*", {}), "no longer listening on port 80", Hurt.INTERRUPTS),
        (
            (80, "a.example.com", {}),
            (80, "b.example.com", {}),
            "port 80 no longer hears a.example.com",
            Hurt.INTERRUPTS,
        ),
        ((443, "*", SIMPLE), (443, "*", {**SIMPLE, "credentialName": "other"}), "the certificate on port 443", None),
        (
            (443, "*", SIMPLE),
            (443, "*", {**SIMPLE, "mode": "MUTUAL"}),
            "TLS on port 443 goes from SIMPLE",
            Hurt.REFUSES,
        ),
        (
            (443, "*", SIMPLE),
            (443, "*", {**SIMPLE, "minProtocolVersion": "TLSV1_3"}),
            "the oldest TLS on port 443 goes from Istio's default to TLSV1_3",
            Hurt.REFUSES,
        ),
        (
            (443, "*", SIMPLE),
            (443, "*", {**SIMPLE, "minProtocolVersion": "TLSV1_0"}),
            "the oldest TLS on port 443 goes from Istio's default to TLSV1_0",
            Hurt.EXPOSES,
        ),
    ],
)
def test_what_a_gateway_listens_for_is_told(before: Any, after: Any, text: str, hurt: Hurt | None) -> None:
    found = entrance(listening(before), listening(after))
    assert [told[1] for told in found if told[0].startswith(text)] == [hurt]


def test_a_redirect_to_https_that_goes_leaves_plain_text() -> None:
    before, after = listening((80, "*", {"httpsRedirect": True})), listening((80, "*", {}))
    assert ("callers of port 80 are no longer sent to HTTPS", Hurt.EXPOSES) in entrance(before, after)
    assert ("callers of port 80 are sent to HTTPS from now on", None) in entrance(after, before)


def test_a_host_that_every_host_takes_in_is_not_missed() -> None:
    assert entrance(listening((80, "a.example.com", {})), listening((80, "*", {}))) == [
        ("port 80 hears every host from now on", None)
    ]


def test_a_gateway_that_goes_with_its_pods_is_told_once() -> None:
    assert list(entrances.watch(compared([pods(), gateway()], []))) == []
    assert [text for text, _ in entrance(gateway(), pods())] == ["no longer listening on port 80"]


def test_a_selector_that_meets_no_pods_is_a_risk() -> None:
    (found,) = entrance(listening((80, "*", {})), listening((80, "*", {}), selector="nobody"))
    assert found == ("no gateway's pods carry istio: nobody, so nobody listens from now on", Hurt.INTERRUPTS)


def test_pods_that_another_release_labels_anew_are_missed() -> None:
    other = release("istio-ingress", "gateway", namespace="istio-ingress", labels={"istio": "other"})
    (found,) = entrances.watch(compared([gateway(), pods()], [gateway(), other]))
    assert found.hurt is Hurt.INTERRUPTS


def rule(port: int, group: str = "sg-nodes", name: str = "", **source: str) -> dict[str, Any]:
    place = {"securityGroupId": group, "ipProtocol": "tcp", "fromPort": float(port), "toPort": float(port)}
    return aws(INGRESS_RULE, name or f"{port}-{sorted(source.items())}", **place, **source, description="why")


def walls(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[Effect]:
    return list(firewall.watch(compared(before, after)))


def test_a_closed_webhook_port_is_an_outage_to_come() -> None:
    (found,) = walls([rule(15017, referencedSecurityGroupId="sg-control-plane")], [])
    assert found.sentence == (
        "security group sg-nodes: port 15017 is no longer open to security group sg-control-plane"
    )
    assert found.hurt is Hurt.INTERRUPTS
    assert "no pod with a sidecar is created" in found.advice


def test_another_rule_that_opens_the_port_keeps_it_open() -> None:
    wide = aws(SECURITY_GROUP, "sg-nodes", ingress=[{"protocol": "-1", "securityGroups": ["sg-control-plane"]}])
    assert walls([rule(15017, referencedSecurityGroupId="sg-control-plane"), wide], [wide]) == []


def test_a_port_open_to_all_is_a_risk() -> None:
    (found,) = walls([rule(80, cidrIpv4="10.0.0.0/8")], [rule(80, cidrIpv4="0.0.0.0/0")])
    assert found.text == "port 80 is open to the whole internet from now on"
    assert found.hurt is Hurt.EXPOSES


def test_a_narrower_source_refuses_callers() -> None:
    (found,) = walls([rule(80, cidrIpv4="10.0.0.0/8")], [rule(80, cidrIpv4="10.1.0.0/16")])
    assert (found.text, found.hurt) == ("port 80 is no longer open to 10.0.0.0/8", Hurt.REFUSES)


def test_a_rule_of_another_name_lets_in_the_same() -> None:
    assert walls([rule(80, name="a", cidrIpv4="10.0.0.0/8")], [rule(80, name="b", cidrIpv4="10.0.0.0/8")]) == []


def test_what_only_a_deployment_knows_is_told_by_its_purpose() -> None:
    (found,) = walls([rule(15017, UNKNOWN, referencedSecurityGroupId=UNKNOWN)], [])
    assert found.sentence == ("security groups of the nodes: port 15017 (why) is no longer open to a security group")
