"""May the role of docs/pull-requests.md do what a stack needs on AWS, and nothing to what others own?"""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from fairlead.evaluation.snapshot import Resource
from fairlead_mesh.aws.security_rules import STACK_TAG
from tests.fixtures.aws_account import Aws
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.evaluated import EKS, evaluated

pytestmark = pytest.mark.snapshot

PAGE = (PROGRAM / "docs" / "pull-requests.md").read_text(encoding="utf-8")
HERE = "arn:aws:ec2:eu-west-1:111122223333"
STACK = "test"
CLUSTER_TAG = "kubernetes.io/cluster/mesh-dev"
GUARDED = {"name": "istio-ingress", "loadBalancer": {"allowFrom": {"cidrs": ["203.0.113.0/24"]}}}
Tags = Mapping[str, str]


def policy() -> list[dict[str, Any]]:
    (text,) = re.findall(r"```json\n(.*?)```", PAGE.partition("### What a role of a deployment may do")[2], re.DOTALL)[
        :1
    ]
    # The page speaks of the stack dev, and the one that is evaluated here is called otherwise.
    return json.loads(text.replace(f'{STACK_TAG}": "dev"', f'{STACK_TAG}": "{STACK}"'))["Statement"]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]


def holds(conditions: Mapping[str, Mapping[str, Any]], known: Tags) -> bool:
    for operator, keys in conditions.items():
        for key, wanted in keys.items():
            value = known.get(key)
            if operator == "Null":
                met = (value is None) == (wanted == "true")
            elif operator in ("StringEquals", "StringEqualsIfExists"):
                met = operator.endswith("IfExists") if value is None else value in listed(wanted)
            else:
                raise AssertionError(f"{operator} is not read here")
            if not met:
                return False
    return True


def may(action: str, kind: str, *, has: Tags | None = None, sent: Tags | None = None, creates: str = "") -> bool:
    """As IAM decides it: whether a statement allows an action on what has tags, with tags in the request."""
    known = {f"aws:ResourceTag/{key}": value for key, value in (has or {}).items()}
    known |= {f"aws:RequestTag/{key}": value for key, value in (sent or {}).items()}
    known |= {"ec2:CreateAction": creates} if creates else {}
    return any(
        f"ec2:{action}" in listed(each["Action"])
        and any(fnmatch.fnmatchcase(f"{HERE}:{kind}/x", resource) for resource in listed(each["Resource"]))
        and holds(each.get("Condition", {}), known)
        for each in policy()
    )


def made() -> list[Resource]:
    snapshot = evaluated(Aws(), cluster=EKS, gateways=[GUARDED])
    return [each for each in snapshot.resources if each.type.startswith("aws:")]


def test_everything_that_a_stack_makes_on_aws_has_its_tag() -> None:
    kinds = {each.type.rpartition(":")[2] for each in made()}
    assert kinds == {"SecurityGroup", "SecurityGroupIngressRule", "SecurityGroupEgressRule"}
    assert {each.inputs["tags"][STACK_TAG] for each in made()} == {STACK}


def test_a_group_of_its_own_is_created_filled_and_deleted() -> None:
    (tags,) = [each.inputs["tags"] for each in made() if each.type.endswith(":SecurityGroup")]
    assert may("CreateSecurityGroup", "security-group", sent=tags)
    assert not may("CreateSecurityGroup", "security-group", sent={"Name": "front"})
    assert may("CreateTags", "security-group", sent=tags, creates="CreateSecurityGroup")
    for way in ("Ingress", "Egress"):
        assert may(f"AuthorizeSecurityGroup{way}", "security-group", has=tags)
        # The provider takes the egress rule out that a new group has.
        assert may(f"RevokeSecurityGroup{way}", "security-group", has=tags)
    assert may("DeleteSecurityGroup", "security-group", has=tags)


def test_a_rule_on_a_nodes_group_is_added_tagged_changed_and_revoked() -> None:
    nodes = {CLUSTER_TAG: "owned"}
    own = next(each.inputs["tags"] for each in made() if each.type.endswith("IngressRule"))
    for action in ("AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress", "ModifySecurityGroupRules"):
        assert may(action, "security-group", has=nodes), action
    assert may("CreateTags", "security-group-rule", sent=own), "after it was created, by a call of its own"
    assert may("ModifySecurityGroupRules", "security-group-rule", has=own)
    assert may("DeleteTags", "security-group-rule", has=own)


@pytest.mark.parametrize("owner", [{}, {STACK_TAG: "prod"}, {"kubernetes.io/cluster/mesh-prod": "owned"}])
def test_what_others_own_is_out_of_reach(owner: Tags) -> None:
    on_groups = {each for statement in policy() for each in listed(statement["Action"]) if "SecurityGroup" in each}
    assert len(on_groups) == 7
    for action in on_groups - {"ec2:CreateSecurityGroup"}:
        assert not may(action.removeprefix("ec2:"), "security-group", has=owner), action
    assert not may("ModifySecurityGroupRules", "security-group-rule", has=owner)
    for kind in ("security-group", "security-group-rule"):
        assert not may("DeleteTags", kind, has=owner)
    assert not may("CreateTags", "security-group", has=owner, sent={STACK_TAG: STACK}), "nobody makes a group its own"
    assert not may("DeleteSecurityGroup", "security-group", has={CLUSTER_TAG: "owned"})


def test_another_stacks_rule_is_not_taken_over_and_its_own_tag_says_nothing_else() -> None:
    assert not may("CreateTags", "security-group-rule", has={STACK_TAG: "prod"}, sent={STACK_TAG: STACK})
    assert not may("CreateTags", "security-group-rule", has={STACK_TAG: STACK}, sent={STACK_TAG: "prod"})
    assert may("CreateTags", "security-group-rule", has={STACK_TAG: STACK}, sent={"Name": "x"})


def test_no_other_action_and_no_whole_account_is_allowed() -> None:
    changing = [each for each in policy() if each["Sid"] != "Proof"]
    for statement in changing:
        assert all(re.fullmatch(r"(ec2|s3):[A-Za-z]+", each) for each in listed(statement["Action"]))
        for resource in listed(statement["Resource"]):
            assert re.match(rf"{HERE}:|arn:aws:s3:::mesh-state/\.pulumi/\w+/(organization/)?fairlead/dev", resource)


def test_what_is_allowed_of_everything_only_reads_load_balancers() -> None:
    (proof,) = [each for each in policy() if each["Sid"] == "Proof"]
    assert all(re.fullmatch(r"elasticloadbalancing:Describe[A-Za-z]+", each) for each in proof["Action"])
