"""What happens on EKS? Discovery answered as AWS would answer it, and what the program makes of it."""

from __future__ import annotations

import json

import pytest

from fairlead.evaluation.snapshot import UNKNOWN
from tests.fixtures.aws_account import CLUSTER_GROUP, NODE_GROUP, Aws, opened, rule
from tests.fixtures.evaluated import EKS, evaluated, kinds, one

pytestmark = pytest.mark.snapshot


def test_without_an_answer_every_rule_that_may_be_needed_is_shown() -> None:
    snapshot = evaluated(cluster=EKS)
    assert opened(snapshot) == {"webhooks-nodes": 15017, "xds-nodes": 15012}
    assert {lookup.token for lookup in snapshot.lookups} == {"aws:eks/getCluster:getCluster"}


def test_nodes_with_a_group_of_their_own_get_both_rules() -> None:
    snapshot = evaluated(Aws(rule(443), rule(10250)), cluster=EKS)
    assert opened(snapshot) == {f"webhooks-{NODE_GROUP}": 15017, f"xds-{NODE_GROUP}": 15012}
    created = one(snapshot, "SecurityGroupIngressRule", f"webhooks-{NODE_GROUP}").inputs
    assert created["securityGroupId"] == NODE_GROUP
    assert created["referencedSecurityGroupId"] == CLUSTER_GROUP
    assert created["tags"] == {"fairlead/stack": "test"}


def test_only_the_port_that_nothing_covers_is_opened() -> None:
    assert opened(evaluated(Aws(rule(15017)), cluster=EKS)) == {f"xds-{NODE_GROUP}": 15012}


def test_a_wide_range_covers_every_port() -> None:
    assert opened(evaluated(Aws(rule(1025, toPort=65535)), cluster=EKS)) == {}


def test_the_shared_cluster_group_covers_itself() -> None:
    itself = rule(None, group=CLUSTER_GROUP)
    assert opened(evaluated(Aws(itself, groups=[]), cluster=EKS)) == {}


def test_a_rule_of_this_stack_is_kept_when_it_is_found_again() -> None:
    own = rule(15017, tags={"fairlead/stack": "test"})
    assert f"webhooks-{NODE_GROUP}" in opened(evaluated(Aws(own), cluster=EKS))


def test_a_rule_of_another_stack_covers() -> None:
    other = rule(15017, tags={"fairlead/stack": "prod"})
    assert f"webhooks-{NODE_GROUP}" not in opened(evaluated(Aws(other), cluster=EKS))


def test_an_egress_rule_covers_nothing() -> None:
    assert len(opened(evaluated(Aws(rule(None, isEgress=True)), cluster=EKS))) == 2


def test_always_creates_without_looking() -> None:
    aws = Aws(rule(None))
    assert opened(evaluated(aws, cluster=EKS, securityRules="always")) == {"webhooks-nodes": 15017, "xds-nodes": 15012}
    assert set(aws.asked) == {"getCluster"}


def test_off_creates_none_and_so_does_a_cluster_elsewhere() -> None:
    assert opened(evaluated(cluster=EKS, securityRules="off")) == {}
    assert not any(kind.startswith("SecurityGroup") for kind in kinds(evaluated()))


def test_groups_of_the_config_are_not_looked_for() -> None:
    aws = Aws()
    groups = {"controlPlane": "sg-0b0b0b0b0b0b0b0b0", "nodes": [NODE_GROUP]}
    snapshot = evaluated(aws, cluster=EKS, securityGroups=groups)
    assert "getSecurityGroups" not in aws.asked
    created = one(snapshot, "SecurityGroupIngressRule", f"webhooks-{NODE_GROUP}").inputs
    assert created["referencedSecurityGroupId"] == "sg-0b0b0b0b0b0b0b0b0"


def test_more_ports_are_opened_by_config() -> None:
    groups = {"ports": [{"name": "keda", "port": 9443, "description": "KEDA webhook"}]}
    assert opened(evaluated(Aws(), cluster=EKS, securityGroups=groups))[f"keda-{NODE_GROUP}"] == 9443


def test_the_kubeconfig_holds_no_credential_and_the_identifier_no_endpoint() -> None:
    snapshot = evaluated(Aws(), cluster=EKS)
    provider = one(snapshot, "kubernetes", "kubernetes").inputs
    kubeconfig = json.loads(provider["kubeconfig"])
    assert kubeconfig["users"][0]["user"]["exec"]["args"][:4] == ["eks", "get-token", "--cluster-name", "mesh-dev"]
    assert "token" not in kubeconfig["users"][0]["user"]
    assert provider["clusterIdentifier"] == "eks/mesh-dev"


def test_the_front_group_reaches_the_service_as_an_annotation() -> None:
    gateway = {"name": "istio-ingress", "loadBalancer": {"allowFrom": {"prefixLists": ["pl-0123456789abcdef0"]}}}
    snapshot = evaluated(cluster=EKS, gateways=[gateway])
    annotations = one(snapshot, "Release", "istio-ingress").inputs["values"]["service"]["annotations"]
    assert annotations["service.beta.kubernetes.io/aws-load-balancer-security-groups"] == UNKNOWN
    admitted = one(snapshot, "SecurityGroupIngressRule", "istio-ingress-front-80-pl-0123456789abcdef0").inputs
    assert admitted["prefixListId"] == "pl-0123456789abcdef0"
