"""What is open already? The look-ups behind `securityRules: auto`."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from fairlead_mesh.aws.security_rules import STACK_TAG, ExistingRule, Found, SecurityGroups

from .node_interfaces import node_interfaces
from .vpc_networks import vpc_networks

_NO_NODE = (
    "No EC2 node of the cluster runs, so the security groups of its nodes are known from tags only. If they "
    "come from a NodeClass or a launch template, set securityGroups.nodes, or repeat `pulumi up` once nodes run."
)


def discover(
    cluster: str,
    found: aws.eks.GetClusterResult,
    groups: SecurityGroups,
    provider: pulumi.ProviderResource,
    *,
    ipv6: bool,
) -> Found:
    """The security groups of an EKS `cluster`, those of its nodes, and the ingress rules of the latter."""
    opts = pulumi.InvokeOptions(provider=provider)
    vpc_config = found.vpc_config
    own = {vpc_config.cluster_security_group_id, *vpc_config.security_group_ids}
    control_plane = frozenset({groups.control_plane} if groups.control_plane else own)
    nodes, interfaces = groups.nodes, list[frozenset[str]]()
    if not nodes:
        tagged = aws.ec2.GetSecurityGroupsFilterArgs(name="tag-key", values=[f"kubernetes.io/cluster/{cluster}"])
        in_vpc = aws.ec2.GetSecurityGroupsFilterArgs(name="vpc-id", values=[vpc_config.vpc_id])
        nodes = aws.ec2.get_security_groups(filters=[tagged, in_vpc], opts=opts).ids
        interfaces = node_interfaces(cluster, vpc_config.vpc_id, opts)
        if not interfaces:
            pulumi.log.warn(_NO_NODE)
            # What the last `up` opened on interfaces stays for the nodes that will come.
            nodes = sorted({*nodes, *_opened_before(control_plane, opts)})
        nodes = nodes or ([] if interfaces else [vpc_config.cluster_security_group_id])
    return Found(
        control_plane=control_plane,
        nodes=tuple(sorted(nodes)),
        interfaces=tuple(interfaces),
        networks=vpc_networks(vpc_config.vpc_id, opts, ipv6=ipv6),
        rules=tuple(_ingress_rules(sorted({*nodes, *frozenset[str]().union(*interfaces)}), opts)),
    )


def _opened_before(control_plane: frozenset[str], opts: pulumi.InvokeOptions) -> set[str]:
    """The groups that this stack has opened to this control plane."""
    tagged = aws.vpc.GetSecurityGroupRulesFilterArgs(name=f"tag:{STACK_TAG}", values=[pulumi.get_stack()])
    return {rule.group for rule in _rules(tagged, opts) if not rule.sources.isdisjoint(control_plane)}


def _ingress_rules(groups: list[str], opts: pulumi.InvokeOptions) -> list[ExistingRule]:
    return _rules(aws.vpc.GetSecurityGroupRulesFilterArgs(name="group-id", values=groups), opts)


def _rules(of: aws.vpc.GetSecurityGroupRulesFilterArgs, opts: pulumi.InvokeOptions) -> list[ExistingRule]:
    ids = aws.vpc.get_security_group_rules(filters=[of], opts=opts).ids
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
