"""What is open already? The look-ups behind `securityRules: auto`."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from mesh.security_rules import STACK_TAG, ExistingRule, Found, SecurityGroups

_GET_CLUSTER = "aws:eks/getCluster:getCluster"


def discover(cluster: str, groups: SecurityGroups, provider: pulumi.ProviderResource) -> Found | None:
    """The security groups of an EKS `cluster` and the ingress rules of its nodes' groups.

    None where nobody answers: an evaluation without credentials leaves look-ups open.
    """
    opts = pulumi.InvokeOptions(provider=provider)
    # What aws.eks.get_cluster asks, but it cannot say that nobody answered.
    described = pulumi.runtime.invoke(_GET_CLUSTER, {"name": cluster}, opts, aws.eks.GetClusterResult)
    if not described.is_known:
        return None
    vpc_config = described.value.vpc_config
    own = {vpc_config.cluster_security_group_id, *vpc_config.security_group_ids}
    control_plane = frozenset({groups.control_plane} if groups.control_plane else own)
    tagged = aws.ec2.GetSecurityGroupsFilterArgs(name="tag-key", values=[f"kubernetes.io/cluster/{cluster}"])
    in_vpc = aws.ec2.GetSecurityGroupsFilterArgs(name="vpc-id", values=[vpc_config.vpc_id])
    nodes = groups.nodes or aws.ec2.get_security_groups(filters=[tagged, in_vpc], opts=opts).ids
    nodes = sorted(nodes) or [vpc_config.cluster_security_group_id]
    vpc = aws.ec2.get_vpc(id=vpc_config.vpc_id, opts=opts)
    return Found(
        control_plane=control_plane,
        nodes=tuple(nodes),
        vpc_cidrs=tuple(sorted({vpc.cidr_block, *(block.cidr_block for block in vpc.cidr_block_associations)})),
        rules=tuple(_ingress_rules(nodes, opts)),
    )


def _ingress_rules(groups: list[str], opts: pulumi.InvokeOptions) -> list[ExistingRule]:
    of_groups = aws.vpc.GetSecurityGroupRulesFilterArgs(name="group-id", values=groups)
    ids = aws.vpc.get_security_group_rules(filters=[of_groups], opts=opts).ids
    described = [aws.vpc.get_security_group_rule(security_group_rule_id=id_, opts=opts) for id_ in sorted(ids)]
    return [_existing_rule(rule) for rule in described if not rule.is_egress]


def _existing_rule(rule: aws.vpc.GetSecurityGroupRuleResult) -> ExistingRule:
    # A peer's group is described as account/sg-...; the id alone is what the cluster names.
    referenced = (rule.referenced_security_group_id or "").rpartition("/")[2]
    sources = (rule.cidr_ipv4, rule.cidr_ipv6, referenced)
    return ExistingRule(
        group=rule.security_group_id,
        protocol=rule.ip_protocol,
        from_port=rule.from_port,
        to_port=rule.to_port,
        sources=frozenset(source for source in sources if source),
        stack=(rule.tags or {}).get(STACK_TAG),
    )
