"""Which security groups do the nodes of an EKS cluster carry, and which rules do these lack?"""

from __future__ import annotations

import pytest

from tests.fixtures.aws_account import CLUSTER, CLUSTER_GROUP, NODE_GROUP, Aws, opened, rule
from tests.fixtures.evaluated import EKS, evaluated

pytestmark = pytest.mark.snapshot

AUTO_MODE_TAG = "eks:eks-cluster-name"
NODE_CLASS_GROUP, POD_GROUP = "sg-0d0d0d0d0d0d0d0d0", "sg-0e0e0e0e0e0e0e0e0"
WITHIN = rule(None, group=CLUSTER_GROUP)


def test_nodes_in_the_clusters_own_group_need_no_rule() -> None:
    assert opened(evaluated(Aws(WITHIN, groups=[CLUSTER_GROUP]), cluster=EKS)) == {}


def test_nodes_in_a_group_with_a_list_of_ports_need_what_it_lacks() -> None:
    listed = [rule(port) for port in (443, 10250, 4443, 6443, 8443, 9443, 10251)]
    aws = Aws(WITHIN, *listed, groups=[CLUSTER_GROUP, NODE_GROUP])
    assert opened(evaluated(aws, cluster=EKS)) == {f"webhooks-{NODE_GROUP}": 15017, f"xds-{NODE_GROUP}": 15012}


def test_nodes_in_a_group_with_every_high_port_need_none() -> None:
    aws = Aws(WITHIN, rule(1025, toPort=65535), groups=[CLUSTER_GROUP, NODE_GROUP])
    assert opened(evaluated(aws, cluster=EKS)) == {}


@pytest.mark.parametrize("tag", [AUTO_MODE_TAG, "eks:cluster-name", f"kubernetes.io/cluster/{CLUSTER}"])
def test_a_group_without_a_tag_is_found_by_the_interfaces_of_nodes_with_one(tag: str) -> None:
    aws = Aws(WITHIN, groups=[CLUSTER_GROUP], nodes={tag: [[[NODE_CLASS_GROUP]]]})
    found = opened(evaluated(aws, cluster=EKS))
    assert found == {f"webhooks-{NODE_CLASS_GROUP}": 15017, f"xds-{NODE_CLASS_GROUP}": 15012}


def test_pods_on_interfaces_of_their_own_are_reached_in_their_groups() -> None:
    node = [[NODE_CLASS_GROUP, CLUSTER_GROUP], [POD_GROUP]]
    aws = Aws(WITHIN, groups=[CLUSTER_GROUP], nodes={AUTO_MODE_TAG: [node, node]})
    assert {name.partition("-")[2] for name in opened(evaluated(aws, cluster=EKS))} == {POD_GROUP}


def test_rules_of_an_untagged_group_are_looked_at() -> None:
    aws = Aws(WITHIN, rule(15017, group=NODE_CLASS_GROUP), groups=[], nodes={AUTO_MODE_TAG: [[[NODE_CLASS_GROUP]]]})
    assert opened(evaluated(aws, cluster=EKS)) == {f"xds-{NODE_CLASS_GROUP}": 15012}


def test_many_nodes_alike_are_few_questions() -> None:
    aws = Aws(WITHIN, groups=[CLUSTER_GROUP], nodes={AUTO_MODE_TAG: [[[NODE_CLASS_GROUP], [POD_GROUP]]] * 450})
    assert len(opened(evaluated(aws, cluster=EKS))) == 4
    assert aws.asked.count("getNetworkInterface") == 2 * len(("200", "200", "50"))


def test_groups_of_the_config_are_all_that_is_looked_at() -> None:
    aws = Aws(nodes={AUTO_MODE_TAG: [[[NODE_CLASS_GROUP]]]})
    found = opened(evaluated(aws, cluster=EKS, securityGroups={"nodes": [POD_GROUP]}))
    assert found == {f"webhooks-{POD_GROUP}": 15017, f"xds-{POD_GROUP}": 15012}
    assert not {"getInstances", "getNetworkInterfaces"} & set(aws.asked)


def test_what_was_opened_stays_while_no_node_runs() -> None:
    own = [rule(port, group=NODE_CLASS_GROUP, tags={"fairlead/stack": "test"}) for port in (15017, 15012)]
    elsewhere = rule(15017, group=POD_GROUP, source="sg-0f0f0f0f0f0f0f0f0", tags={"fairlead/stack": "test"})
    aws = Aws(WITHIN, *own, elsewhere, groups=[CLUSTER_GROUP], nodes={})
    found = opened(evaluated(aws, cluster=EKS))
    assert found == {f"webhooks-{NODE_CLASS_GROUP}": 15017, f"xds-{NODE_CLASS_GROUP}": 15012}


def test_a_cluster_without_nodes_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", said.append)
    assert opened(evaluated(Aws(WITHIN, groups=[], nodes={}), cluster=EKS)) == {}
    assert "securityGroups.nodes" in said[0]
