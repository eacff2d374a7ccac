"""Which security rules does EKS get? The control plane's way to Istio, and groups before guarded load balancers."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.cluster import Cluster
from components.security_discovery import discover
from mesh.gateway_values import front_rules, has_front_group
from mesh.gateways import Gateway
from mesh.security_rules import STACK_TAG, Rule, SecurityGroups, SecurityRulesMode, missing_rules, needed_rules


class SecurityRules(pulumi.ComponentResource):
    """Nothing in the cluster: ingress rules on the nodes' security groups, one a port, and a security group for each
    load balancer with `allowFrom`. All of them are there before anything else and outlive it on destroy."""

    def __init__(
        self,
        mode: SecurityRulesMode,
        *,
        groups: SecurityGroups,
        gateways: Sequence[Gateway],
        cluster: Cluster,
    ):
        opts = pulumi.ResourceOptions(providers=cluster.providers)
        super().__init__("fairlead:components:SecurityRules", "security-rules", {}, opts)
        self.tags = {STACK_TAG: pulumi.get_stack()}
        self.rules: list[pulumi.Resource] = []
        # Gateway name -> the group before its load balancer.
        self.front_groups: dict[str, aws.ec2.SecurityGroup] = {}
        if cluster.config.eks and cluster.aws and cluster.description:
            vpc_config = cluster.description.vpc_config
            with cluster.explained():
                self._open_control_plane_ports(mode, groups, cluster.config.eks.name, cluster.aws, vpc_config)
            guarded = [gateway for gateway in gateways if has_front_group(gateway, on_eks=True)]
            self.front_groups = {gateway.name: self._front_group(gateway, vpc_config.vpc_id) for gateway in guarded}
        self.register_outputs({})

    def _open_control_plane_ports(
        self,
        mode: SecurityRulesMode,
        groups: SecurityGroups,
        cluster: str,
        provider: aws.Provider,
        vpc_config: pulumi.Output[aws.eks.outputs.GetClusterVpcConfigResult],
    ) -> None:
        if mode == "off":
            return
        needed = needed_rules(groups)
        found = discover(cluster, groups, provider) if mode == "auto" else None
        source = groups.control_plane or vpc_config.cluster_security_group_id
        if found:
            for group in found.nodes:
                for rule in missing_rules(needed, found, group=group, stack=pulumi.get_stack()):
                    self._open(rule, suffix=group, group=group, source=source)
            return
        nodes = groups.nodes or [None]
        for group in nodes:
            for rule in needed:
                target = group or vpc_config.cluster_security_group_id
                self._open(rule, suffix=group or "nodes", group=target, source=source)

    def _open(self, rule: Rule, *, suffix: str, group: pulumi.Input[str], source: pulumi.Input[str]) -> None:
        created = aws.vpc.SecurityGroupIngressRule(
            f"{rule.key}-{suffix}",
            security_group_id=group,
            referenced_security_group_id=source,
            ip_protocol="tcp",
            from_port=rule.port,
            to_port=rule.port,
            description=rule.description,
            tags=self.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.rules.append(created)

    def _front_group(self, gateway: Gateway, vpc: pulumi.Output[str]) -> aws.ec2.SecurityGroup:
        name = f"{gateway.name}-front"
        group = aws.ec2.SecurityGroup(
            name,
            vpc_id=vpc,
            description=f"who may reach the load balancer of {gateway.name}",
            tags=self.tags | {"Name": name},
            opts=pulumi.ResourceOptions(parent=self),
        )
        child = pulumi.ResourceOptions(parent=self)
        to_pods = aws.vpc.SecurityGroupEgressRule(
            f"{name}-to-pods",
            security_group_id=group.id,
            ip_protocol="-1",
            cidr_ipv4="0.0.0.0/0",
            description="to the pods and their health check",
            tags=self.tags,
            opts=child,
        )
        self.rules += [group, to_pods]
        for rule in front_rules(gateway):
            admitted = aws.vpc.SecurityGroupIngressRule(
                f"{name}-{rule.key}",
                security_group_id=group.id,
                ip_protocol="tcp",
                from_port=rule.port,
                to_port=rule.port,
                cidr_ipv4=rule.cidr if rule.cidr and ":" not in rule.cidr else None,
                cidr_ipv6=rule.cidr if rule.cidr and ":" in rule.cidr else None,
                prefix_list_id=rule.prefix_list,
                description=f"{gateway.name} port {rule.port}",
                tags=self.tags,
                opts=child,
            )
            self.rules.append(admitted)
        return group
