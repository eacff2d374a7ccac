"""Which security rules does EKS get? The control plane's way to Istio, and groups before guarded load balancers."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from fairlead_mesh.aws.load_balancer_values import has_front_group
from fairlead_mesh.aws.security_rules import (
    STACK_TAG,
    Rule,
    SecurityGroups,
    SecurityRulesMode,
    needed_rules,
    rules_by_group,
)
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.load_balancing import Balancing

from ..cluster import Cluster
from ..front_group import front_group
from ..owner import named, owned
from .security_discovery import discover
from .vpc_networks import Networks, pod_networks


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
        opts = owned(cluster.providers)
        super().__init__("fairlead:components:SecurityRules", named("security-rules"), {}, opts)
        self.tags = {STACK_TAG: pulumi.get_stack()}
        self.rules: list[pulumi.Resource] = []
        # Gateway name -> the group before its load balancer.
        self.front_groups: dict[str, aws.ec2.SecurityGroup] = {}
        if cluster.balancing and cluster.aws and cluster.description:
            with cluster.explained():
                self._open_control_plane_ports(mode, groups, cluster, cluster.aws, cluster.balancing)
                guarded = [gateway for gateway in gateways if has_front_group(gateway, cluster.balancing)]
                if guarded:
                    vpc, ipv6 = cluster.description.vpc_config.vpc_id, cluster.balancing.ipv6
                    self._guard(
                        guarded, cluster.balancing, pod_networks(cluster.found, cluster.aws, vpc, ipv6=ipv6), vpc
                    )
        self.register_outputs({})

    def _open_control_plane_ports(
        self,
        mode: SecurityRulesMode,
        groups: SecurityGroups,
        cluster: Cluster,
        provider: pulumi.ProviderResource,
        balancing: Balancing,
    ) -> None:
        if mode == "off" or not cluster.description or not cluster.config.eks:
            return
        needed = needed_rules(groups)
        by_default = cluster.description.vpc_config.cluster_security_group_id
        source = groups.control_plane or by_default
        if mode == "auto" and cluster.found:
            found = discover(cluster.config.eks.name, cluster.found, groups, provider, ipv6=balancing.ipv6)
            for group, rule in rules_by_group(needed, found, stack=pulumi.get_stack()):
                self._open(rule, suffix=group, group=group, source=source)
            return
        for group in groups.nodes or [None]:
            for rule in needed:
                self._open(rule, suffix=group or "nodes", group=group or by_default, source=source)

    def _open(self, rule: Rule, *, suffix: str, group: pulumi.Input[str], source: pulumi.Input[str]) -> None:
        created = aws.vpc.SecurityGroupIngressRule(
            named(f"{rule.key}-{suffix}"),
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

    def _guard(
        self, gateways: Sequence[Gateway], balancing: Balancing, networks: Networks, vpc: pulumi.Output[str]
    ) -> None:
        for gateway in gateways:
            made = front_group(gateway, balancing, vpc=vpc, networks=networks, tags=self.tags, parent=self)
            self.front_groups[gateway.name], rules = made
            self.rules += rules
