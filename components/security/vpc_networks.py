"""Which networks of the VPC do pods have their addresses from? All of one family, as the cluster's pods have one."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

Networks = Sequence[str] | pulumi.Output[str]
"""The VPC's first one first; an Output is that one alone, while nobody can say how many there are."""

_GONE = "disassociated"
"""EC2 tells for a while of networks that a VPC had."""


def vpc_networks(vpc: str, opts: pulumi.InvokeOptions, *, ipv6: bool) -> tuple[str, ...]:
    """Every network of a VPC."""
    found = aws.ec2.get_vpc(id=vpc, opts=opts)
    if ipv6:
        blocks = found.ipv6_cidr_block_associations or []
        return tuple(sorted({block.ipv6_cidr_block for block in blocks if block.state != _GONE}))
    more = [block.cidr_block for block in found.cidr_block_associations if block.state != _GONE]
    return tuple(dict.fromkeys((found.cidr_block, *sorted(more))))


def pod_networks(
    found: aws.eks.GetClusterResult | None, provider: pulumi.ProviderResource, vpc: pulumi.Output[str], *, ipv6: bool
) -> Networks:
    """Those of the cluster's VPC: each by itself where EKS said which VPC that is."""
    if found:
        return vpc_networks(found.vpc_config.vpc_id, pulumi.InvokeOptions(provider=provider), ipv6=ipv6)
    described = aws.ec2.get_vpc_output(id=vpc, opts=pulumi.InvokeOutputOptions(provider=provider))
    return described.ipv6_cidr_block_associations[0].ipv6_cidr_block if ipv6 else described.cidr_block
