"""What of a stack does AWS still have? Load balancers and what belongs to them, and the stack's own groups and rules.

What a controller made is proved to be the stack's by two tags, of the cluster and of the Service: the AWS Load Balancer
Controller's (pkg/deploy/tracking/provider.go) or EKS Auto Mode's. The security group that all Services of a cluster
share has the tag of the cluster alone, and is nobody's in particular. The network interfaces of a load balancer have no
tags; their description names it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from fairlead.cloud.account import Account, tags_of
from fairlead_mesh.aws.security_rules import STACK_TAG
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

_TRACKED = (
    ("elbv2.k8s.aws/cluster", "service.k8s.aws/stack"),
    ("eks:eks-cluster-name", "service.eks.amazonaws.com/stack"),
)
"""The tag of the cluster and that of the Service, of each controller."""
_AT_ONCE = 20
"""Resources whose tags ELB tells in one answer (DescribeTags)."""
_VALUES = 200
"""Values that EC2 takes in one filter."""


@dataclass(frozen=True, order=True)
class Remnant:
    """One resource that AWS has, and the command that deletes it."""

    kind: str
    name: str
    of: str
    removal: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name} of {self.of}"


@dataclass
class Remains:
    """Asked again and again while they go. `services` are namespace/name; `groups` are security groups of the stack."""

    account: Account
    cluster: str
    services: frozenset[str]
    groups: frozenset[str] = frozenset()
    _tags: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    _interfaces: dict[str, str] = field(default_factory=dict[str, str])

    def of_load_balancers(self) -> list[Remnant]:
        """What the controllers made and AWS still has, in order. Raises AwsError."""
        balancers = [*self._balancers()]
        targets = [*self._target_groups()]
        security = [*self._security_groups()]
        interfaces = [*self._network_interfaces([each.name for each in security])]
        return [*sorted(balancers), *sorted(targets), *sorted(interfaces), *sorted(security)]

    def of_the_stack(self, stack: str, sources: Collection[str], names: Collection[str]) -> list[Remnant]:
        """Groups before load balancers of these `names`, and rules that admit these `sources`, with the stack's tag."""
        tagged = {"Name": f"tag:{STACK_TAG}", "Values": [stack]}
        found = [
            Remnant("security group", str(each["GroupId"]), f"stack {stack}", _delete_group(str(each["GroupId"])))
            for each in self._ec2("describe_security_groups", "SecurityGroups", tagged)
            if tags_of(each).get("Name") in names
        ]
        for each in self._ec2("describe_security_group_rules", "SecurityGroupRules", tagged):
            if str(as_map(each.get("ReferencedGroupInfo")).get("GroupId")) in sources:
                rule, group = str(each["SecurityGroupRuleId"]), str(each["GroupId"])
                removal = f"aws ec2 revoke-security-group-ingress --group-id {group} --security-group-rule-ids {rule}"
                found.append(Remnant("security group rule", rule, f"stack {stack}", removal))
        return sorted(found)

    def _balancers(self) -> Iterator[Remnant]:
        there = self.account.listed("elbv2", "describe_load_balancers", "LoadBalancers")
        for arn, of in self._owned(str(each["LoadBalancerArn"]) for each in there):
            name = arn.rpartition("loadbalancer/")[2]
            self._interfaces[f"ELB {name}"] = of
            yield Remnant("load balancer", name, of, f"aws elbv2 delete-load-balancer --load-balancer-arn {arn}")

    def _target_groups(self) -> Iterator[Remnant]:
        there = self.account.listed("elbv2", "describe_target_groups", "TargetGroups")
        for arn, of in self._owned(str(each["TargetGroupArn"]) for each in there):
            name = arn.rpartition("targetgroup/")[2]
            yield Remnant("target group", name, of, f"aws elbv2 delete-target-group --target-group-arn {arn}")

    def _owned(self, arns: Iterable[str]) -> list[tuple[str, str]]:
        """Those of the stack's Services, with the Service. Tags are asked for once: they do not change."""
        listed = list(arns)
        new = [each for each in listed if each not in self._tags]
        for batch in _batches(new, _AT_ONCE):
            said = self.account.ask("elbv2", "describe_tags", ResourceArns=batch)
            self._tags |= {str(each["ResourceArn"]): tags_of(each) for each in as_maps(said.get("TagDescriptions"))}
        return [(each, of) for each in listed if (of := self._service(self._tags.get(each, {})))]

    def _service(self, tags: dict[str, str]) -> str:
        """The stack's Service that these tags name; empty for anything else."""
        named = [tags.get(service, "") for cluster, service in _TRACKED if tags.get(cluster) == self.cluster]
        return next((each for each in named if each in self.services), "")

    def _security_groups(self) -> Iterator[Remnant]:
        for group, of in self._tagged("describe_security_groups", "SecurityGroups", "GroupId", "Tags"):
            yield Remnant("security group", group, of, _delete_group(group))

    def _network_interfaces(self, managed: Sequence[str]) -> Iterator[Remnant]:
        """By the tags, by the load balancer that the description names, by the groups that are before it."""
        found = dict(self._tagged("describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId", "TagSet"))
        asked = (("description", sorted(self._interfaces)), ("group-id", sorted({*managed, *self.groups})))
        for name, values in asked:
            for each in self._ec2_of("describe_network_interfaces", "NetworkInterfaces", name, values):
                of = self._interfaces.get(str(each.get("Description")), "")
                found.setdefault(str(each["NetworkInterfaceId"]), of or str(each.get("Description") or "the stack"))
        for interface, of in found.items():
            removal = f"aws ec2 delete-network-interface --network-interface-id {interface}"
            yield Remnant("network interface", interface, of, removal)

    def _tagged(self, operation: str, key: str, identity: str, tags: str) -> Iterator[tuple[str, str]]:
        for cluster, service in _TRACKED:
            of_cluster = {"Name": f"tag:{cluster}", "Values": [self.cluster]}
            for each in self._ec2_of(operation, key, f"tag:{service}", sorted(self.services), of_cluster):
                yield str(each[identity]), self._service(tags_of(each, tags))

    def _ec2_of(
        self, operation: str, key: str, name: str, values: Sequence[str], *more: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        for batch in _batches(values, _VALUES):
            yield from self._ec2(operation, key, {"Name": name, "Values": batch}, *more)

    def _ec2(self, operation: str, key: str, *filters: dict[str, Any]) -> list[dict[str, Any]]:
        return self.account.listed("ec2", operation, key, Filters=list(filters))


def _delete_group(group: str) -> str:
    return f"aws ec2 delete-security-group --group-id {group}"


def _batches(values: Sequence[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(values), size):
        yield list(values[start : start + size])
