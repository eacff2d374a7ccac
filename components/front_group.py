"""Who reaches a guarded load balancer, and what does it reach? The security group before it, with its rules."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from fairlead_mesh.aws.load_balancer_values import front_rules, name_of, pod_ports
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.load_balancing import Balancing

from .owner import named
from .security.vpc_networks import Networks


def front_group(
    gateway: Gateway,
    balancing: Balancing,
    *,
    vpc: pulumi.Input[str],
    networks: Networks,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
) -> tuple[aws.ec2.SecurityGroup, list[pulumi.Resource]]:
    """The group, and its rules: in from `allowFrom`, out to the pods and nowhere else."""
    name = f"{gateway.name}-front"
    child = pulumi.ResourceOptions(parent=parent)
    group = aws.ec2.SecurityGroup(
        named(name),
        vpc_id=vpc,
        description=f"who may reach the load balancer of {gateway.name}",
        tags={**tags, "Name": name},
        opts=child,
    )
    to_pods = [
        aws.vpc.SecurityGroupEgressRule(
            named(f"{name}-to-pods-{port}{suffix}"),
            security_group_id=group.id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            cidr_ipv4=None if balancing.ipv6 else network,
            cidr_ipv6=network if balancing.ipv6 else None,
            description=f"{gateway.name}: to port {port} of its pods",
            tags=tags,
            opts=child,
        )
        for port in pod_ports(gateway)
        for suffix, network in _named(networks)
    ]
    admitted = [
        aws.vpc.SecurityGroupIngressRule(
            named(f"{name}-{rule.key}"),
            security_group_id=group.id,
            ip_protocol="tcp",
            from_port=rule.port,
            to_port=rule.port,
            cidr_ipv4=rule.cidr if rule.cidr and ":" not in rule.cidr else None,
            cidr_ipv6=rule.cidr if rule.cidr and ":" in rule.cidr else None,
            prefix_list_id=rule.prefix_list,
            description=f"{gateway.name} port {rule.port}",
            tags=tags,
            opts=child,
        )
        for rule in front_rules(gateway, balancing)
    ]
    return group, [group, *to_pods, *admitted]


def _named(networks: Networks) -> list[tuple[str, pulumi.Input[str]]]:
    """The first has no name, so that its rule is called alike whether it is known or not."""
    if isinstance(networks, pulumi.Output):
        return [("", networks)]
    return [("" if place == 0 else f"-{name_of(each)}", each) for place, each in enumerate(networks)]
