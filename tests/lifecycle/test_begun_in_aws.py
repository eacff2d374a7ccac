"""What does a run take in that a killed one had begun to create in AWS? What its operation asked for, with its tag."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from fairlead.lifecycle.begun_in_aws import take_in_from_aws
from fairlead.lifecycle.deployment import Deployment
from fairlead.lifecycle.healing import Healing
from fairlead.terminal.progress import Silent
from tests.fixtures.examined import ON_EKS, examined

pytestmark = [pytest.mark.snapshot, pytest.mark.process]

RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
MARK = {"fairlead/stack": "dev"}
NOWHERE: Any = object()
PERMISSION: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": 15017, "ToPort": 15017}


def tags(kind: str, **more: str) -> list[dict[str, Any]]:
    listed = [{"Key": key, "Value": value} for key, value in more.items()]
    return [{"ResourceType": kind, "Tags": listed}] if listed else []


class Account:
    """A node's group, with rules of this stack and of others."""

    def __init__(self) -> None:
        self.ec2 = boto3.client("ec2")
        self.vpc = str(self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])
        self.node, self.source = self.group("node"), self.group("control-plane")

    def group(self, name: str, **marks: str) -> str:
        made = self.ec2.create_security_group(
            GroupName=name, Description=name, VpcId=self.vpc, TagSpecifications=tags("security-group", **marks)
        )
        return str(made["GroupId"])

    def rule(self, source: dict[str, Any], **marks: str) -> str:
        made = self.ec2.authorize_security_group_ingress(
            GroupId=self.node,
            IpPermissions=[{**PERMISSION, **source}],
            TagSpecifications=tags("security-group-rule", **marks),
        )
        return str(made["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def asked(self) -> dict[str, Any]:
        named = {"securityGroupId": self.node, "referencedSecurityGroupId": self.source, "tags": MARK}
        return {**named, "ipProtocol": "tcp", "fromPort": 15017, "toPort": 15017}


@pytest.fixture
def account(aws_server: str) -> Account:
    assert aws_server
    return Account()


def taken_in(type_: str, inputs: dict[str, Any], what: str = "creating") -> list[tuple[str, str]]:
    """Name and id of what is in the state after it."""
    resource = {"urn": f"urn:pulumi:dev::fairlead::{type_}::one", "type": type_, "custom": True, "inputs": inputs}
    operations = [{"type": what, "resource": resource}]
    state = Deployment({"version": 3, "deployment": {"resources": [], "pending_operations": operations}})
    found = Healing(state)
    take_in_from_aws(found, examined(NOWHERE, **ON_EKS), state, Silent())
    assert len(found.said) == len(found.look_at) == len(state.resources)
    return [(str(each["urn"]).rpartition("::")[2], str(each["id"])) for each in state.resources]


def test_a_rule_that_aws_has_is_taken_in_and_none_of_others(account: Account) -> None:
    by_group = {"UserIdGroupPairs": [{"GroupId": account.source}]}
    account.rule({"IpRanges": [{"CidrIp": "10.0.0.0/16"}]}, **MARK)
    account.rule({"UserIdGroupPairs": [{"GroupId": account.node}]}, **MARK)
    assert taken_in(RULE, account.asked()) == []
    ours = account.rule(by_group, **MARK)
    assert taken_in(RULE, account.asked()) == [("one", ours)]
    assert taken_in(RULE, account.asked(), "deleting") == []
    assert taken_in(RULE, {**account.asked(), "fromPort": 15012}) == []
    assert taken_in(RULE.replace("Ingress", "Egress").replace("ingress", "egress"), account.asked()) == []


@pytest.mark.parametrize("marks", [{}, {"fairlead/stack": "prod"}])
def test_a_rule_of_somebody_else_is_left_alone(account: Account, marks: dict[str, str]) -> None:
    account.rule({"UserIdGroupPairs": [{"GroupId": account.source}]}, **marks)
    assert taken_in(RULE, account.asked()) == []


def test_a_group_is_known_by_its_name_and_vpc(account: Account) -> None:
    asked = {"name": "front-1a2b3c4", "vpcId": account.vpc, "tags": MARK}
    account.group("front-1a2b3c5", **MARK)
    assert taken_in(GROUP, asked) == []
    ours = account.group("front-1a2b3c4", **MARK)
    assert taken_in(GROUP, asked) == [("one", ours)]
    assert taken_in(GROUP, {**asked, "vpcId": "vpc-other"}) == []
