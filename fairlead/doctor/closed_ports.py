"""Between which security groups of an EKS cluster is the way from its control plane to istiod's webhooks closed?

The same judgement as of `securityRules: auto`, of what EC2 says now: a port that no group of a node's network interface
opens to the control plane is closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fairlead.cloud.account import tags_of
from fairlead.doctor.examined import Examined
from fairlead_mesh.aws.security_rules import STACK_TAG, ExistingRule, Found, missing_rules, needed_rules
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

_NODES = ("tag:eks:cluster-name", "tag:eks:eks-cluster-name")
_RUNNING = {"Name": "instance-state-name", "Values": ["pending", "running"]}
_NOBODY = ""
_WEBHOOKS = "webhooks"
"""The row of the port table that injection and validation need; nothing waits for the others."""


@dataclass(frozen=True, order=True)
class ClosedPort:
    """A port that the control plane cannot reach on nodes with these groups."""

    port: int
    control_plane: tuple[str, ...]
    nodes: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"port {self.port} is closed from {' and '.join(self.control_plane)} (the control plane) "
            f"to {' and '.join(self.nodes)} (nodes)"
        )

    @property
    def remedy(self) -> str:
        return (
            "set securityRules: auto, or open it: aws ec2 authorize-security-group-ingress "
            f"--group-id {self.nodes[0]} --protocol tcp --port {self.port} --source-group {self.control_plane[0]}"
        )


def closed_ports(examined: Examined) -> list[ClosedPort]:
    """In order; none where no node runs. Raises Skip off EKS and where there is no such cluster, AwsError."""
    name, groups = examined.eks.name, examined.config.security_groups
    control_plane = [groups.control_plane] if groups.control_plane else examined.cluster_groups
    carried = {frozenset(groups.nodes)} if groups.nodes else set(interface_groups(examined, name))
    known = sorted({group for each in carried for group in each})
    if not (control_plane and known):
        return []
    needed = [each for each in needed_rules(groups) if each.key == _WEBHOOKS]
    found = Found(frozenset(control_plane), tuple(known), tuple(_networks(examined)), tuple(_rules(examined, known)))
    return sorted(
        ClosedPort(rule.port, tuple(control_plane), tuple(sorted(each)))
        for each in carried
        for rule in missing_rules(needed, found, groups=each, stack=_NOBODY)
    )


def interface_groups(examined: Examined, name: str) -> Iterator[frozenset[str]]:
    """The groups of each network interface of the running nodes."""
    in_vpc = {"Name": "vpc-id", "Values": [examined.vpc]}
    filters = [{"Name": each, "Values": [name]} for each in _NODES]
    filters.append({"Name": "tag-key", "Values": [f"kubernetes.io/cluster/{name}"]})
    seen: set[str] = set()
    for each in filters:
        asked = [each, in_vpc, _RUNNING]
        for reservation in examined.account.listed("ec2", "describe_instances", "Reservations", Filters=asked):
            for node in as_maps(reservation.get("Instances")):
                if str(node["InstanceId"]) not in seen:
                    seen.add(str(node["InstanceId"]))
                    yield from map(_groups, as_maps(node.get("NetworkInterfaces")))


def _groups(interface: dict[str, Any]) -> frozenset[str]:
    return frozenset(str(each.get("GroupId")) for each in as_maps(interface.get("Groups")))


def _networks(examined: Examined) -> Iterator[str]:
    for each in examined.account.listed("ec2", "describe_vpcs", "Vpcs", VpcIds=[examined.vpc]):
        yield from (str(block["CidrBlock"]) for block in as_maps(each.get("CidrBlockAssociationSet")))


def _rules(examined: Examined, groups: list[str]) -> Iterator[ExistingRule]:
    of = [{"Name": "group-id", "Values": groups}]
    for each in examined.account.listed("ec2", "describe_security_group_rules", "SecurityGroupRules", Filters=of):
        if each.get("IsEgress"):
            continue
        sources = (each.get("CidrIpv4"), each.get("CidrIpv6"), as_map(each.get("ReferencedGroupInfo")).get("GroupId"))
        yield ExistingRule(
            group=str(each["GroupId"]),
            protocol=str(each["IpProtocol"]),
            from_port=int(each.get("FromPort", -1)),
            to_port=int(each.get("ToPort", -1)),
            sources=frozenset(str(source) for source in sources if source),
            stack=tags_of(each).get(STACK_TAG),
        )
