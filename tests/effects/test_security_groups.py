"""Is it told which ports a security group opens and shuts?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.effects.effect import Effect, Hurt
from fairlead.effects.security import security_group_watcher as firewall
from fairlead.evaluation.snapshot import UNKNOWN
from tests.fixtures.compared import aws, compared

pytestmark = pytest.mark.mesh


INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"


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
