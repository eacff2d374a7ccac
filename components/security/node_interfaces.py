"""Which security groups do the nodes' network interfaces carry? Asked of EC2 in few look-ups, however many nodes run.

Nodes are instances with a tag that EKS, its Auto Mode, Karpenter or a launch template puts on them (EKS user guide,
nodes/worker, automode/auto-troubleshoot). Their interfaces carry no tag that all of these agree on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pulumi
import pulumi_aws as aws

_MOST_VALUES = 200
"""EC2 takes no more values of a filter."""
_RUNNING = ["pending", "running"]


def node_interfaces(cluster: str, vpc: str, opts: pulumi.InvokeOptions) -> list[frozenset[str]]:
    """The sets of groups that occur, each once; a set that holds all of another one is as good as that one."""
    instances = sorted(_instances(cluster, vpc, opts))
    found = {
        groups
        for first in range(0, len(instances), _MOST_VALUES)
        for groups in _group_sets(instances[first : first + _MOST_VALUES], opts)
    }
    return sorted(found, key=sorted)


def _instances(cluster: str, vpc: str, opts: pulumi.InvokeOptions) -> set[str]:
    tags = {
        "tag-key": f"kubernetes.io/cluster/{cluster}",
        "tag:eks:eks-cluster-name": cluster,
        "tag:eks:cluster-name": cluster,
    }
    in_vpc = aws.ec2.GetInstancesFilterArgs(name="vpc-id", values=[vpc])
    return {
        instance
        for name, value in tags.items()
        for instance in aws.ec2.get_instances(
            filters=[in_vpc, aws.ec2.GetInstancesFilterArgs(name=name, values=[value])],
            instance_state_names=_RUNNING,
            opts=opts,
        ).ids
    }


def _group_sets(instances: Sequence[str], opts: pulumi.InvokeOptions) -> Iterator[frozenset[str]]:
    """Describe one interface, leave out all that carry the same groups, and go on with the rest."""
    remaining = set(_interfaces(instances, opts))
    while remaining:
        first = min(remaining)
        groups = frozenset(aws.ec2.get_network_interface(id=first, opts=opts).security_groups)
        yield groups
        alike = [set(_interfaces(instances, opts, group=group)) for group in sorted(groups)]
        remaining -= {first, *remaining.intersection(*alike)}


def _interfaces(instances: Sequence[str], opts: pulumi.InvokeOptions, *, group: str | None = None) -> Sequence[str]:
    filters = {"attachment.instance-id": list(instances)} | ({"group-id": [group]} if group else {})
    each = [aws.ec2.GetNetworkInterfacesFilterArgs(name=name, values=values) for name, values in filters.items()]
    return aws.ec2.get_network_interfaces(filters=each, opts=opts).ids
