"""Which security rules does the mesh need on EKS, and which of them does nothing cover yet?"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import DnsLabel, PortNumber, SecurityGroupId
from fairlead_mesh.keys.section import Section
from fairlead_mesh.ports import PORTS

SecurityRulesMode = Literal["auto", "always", "off"]
STACK_TAG = "fairlead/stack"
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
RuleDescription = Annotated[
    str,
    Form(
        r"[ a-zA-Z0-9._\-:/()#,@\[\]+=&;{}!$*]{0,255}",
        "write at most 255 of the characters that EC2 allows: letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
    ),
]


class ExtraPort(Section):
    """An additional TCP port that the control plane must reach on the nodes, such as another webhook's."""

    name: DnsLabel
    """Name of the rule; part of the resource's name, so do not change it."""
    port: PortNumber
    """TCP port on the nodes' pods."""
    description: RuleDescription = ""
    """Purpose; the rule's description (only characters that EC2 allows)."""


class SecurityGroups(Section):
    """Security groups that are known already, so that no look-up is needed, and ports beyond Istio's own."""

    control_plane: SecurityGroupId | None = None
    """Security group of the control plane's network interfaces; defaults to the cluster security group."""
    nodes: list[SecurityGroupId] = Field(default_factory=list)
    """Security groups of the nodes; where a SecurityGroupPolicy or a NodeClass gives pods security groups of their own,
    those of istiod's pods, which the control plane must reach. Default to those with the tag
    kubernetes.io/cluster/<name> and those on the network interfaces of running nodes, else to the cluster security
    group."""
    ports: list[ExtraPort] = Field(default_factory=list[ExtraPort])
    """Additional TCP ports that the control plane must reach on the nodes."""


@dataclass(frozen=True)
class Rule:
    """One TCP port that must be open from the control plane to the nodes."""

    key: str
    port: int
    description: str


@dataclass(frozen=True)
class ExistingRule:
    """An ingress rule as EC2 describes it: `protocol` is "tcp", "udp" or "-1" for all; a port of -1 means all.

    `sources` are security group ids and CIDRs; `stack` is the stack that made the rule, if its tag says so.
    """

    group: str
    protocol: str
    from_port: int
    to_port: int
    sources: frozenset[str]
    stack: str | None = None


@dataclass(frozen=True)
class Found:
    """What looking at an EKS cluster gave.

    `nodes` are groups that are the nodes' by name or tag, `interfaces` the sets of groups that the nodes' network
    interfaces carry, `networks` the VPC's networks that pods have addresses from, `rules` the ingress rules of all
    these groups.
    """

    control_plane: frozenset[str]
    nodes: tuple[str, ...]
    networks: tuple[str, ...]
    rules: tuple[ExistingRule, ...]
    interfaces: tuple[frozenset[str], ...] = ()


def needed_rules(groups: SecurityGroups) -> list[Rule]:
    """What the control plane must reach on the nodes: the port table's rows and the config's own."""
    table = [Rule(port.key, port.number, port.reason) for port in PORTS if port.opened_from_control_plane]
    return table + [Rule(extra.name, extra.port, extra.description or extra.name) for extra in groups.ports]


def covers(existing: ExistingRule, port: int, *, group: str, found: Found) -> bool:
    """Whether `existing` lets TCP `port` into `group` from the control plane: from one of its own groups, or from
    CIDRs that contain the whole VPC."""
    if existing.group != group or existing.protocol not in ("tcp", "-1"):
        return False
    all_ports = existing.protocol == "-1" or existing.from_port == -1
    if not all_ports and not existing.from_port <= port <= existing.to_port:
        return False
    return not existing.sources.isdisjoint(found.control_plane) or _contain_all(existing.sources, found.networks)


def _contain_all(sources: frozenset[str], networks: tuple[str, ...]) -> bool:
    """Of the family that pods have: a rule for IPv4 says nothing to an IPv6 cluster."""
    outer = [ipaddress.ip_network(source) for source in sources if "/" in source]
    inner = [ipaddress.ip_network(network) for network in networks]
    return bool(inner) and all(any(_is_within(each, other) for other in outer) for each in inner)


def _is_within(inner: _Network, outer: _Network) -> bool:
    if isinstance(inner, ipaddress.IPv4Network):
        return isinstance(outer, ipaddress.IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, ipaddress.IPv6Network) and inner.subnet_of(outer)


def missing_rules(rules: Iterable[Rule], found: Found, *, groups: Iterable[str], stack: str) -> list[Rule]:
    """The rules that nothing covers for an interface that carries `groups`, this stack's own rules not counted: they
    stay in the program, or the next `up` would delete what the last one made."""
    foreign = [rule for rule in found.rules if rule.stack != stack]
    carried = list(groups)
    return [
        rule
        for rule in rules
        if not any(covers(other, rule.port, group=group, found=found) for other in foreign for group in carried)
    ]


def rules_by_group(rules: Sequence[Rule], found: Found, *, stack: str) -> list[tuple[str, Rule]]:
    """Which rule goes on which group: on each of the nodes' groups what it lacks, and on one group of each interface
    that carries none of these what all of its groups lack."""
    opened = {group: missing_rules(rules, found, groups=[group], stack=stack) for group in found.nodes}
    for carried in sorted(found.interfaces, key=sorted):
        if not carried or not carried.isdisjoint(found.nodes):
            continue
        here = [rule for group in carried for rule in opened.get(group, [])]
        missing = [rule for rule in missing_rules(rules, found, groups=carried, stack=stack) if rule not in here]
        if missing:
            chosen = min(carried.intersection(opened) or carried)
            opened[chosen] = [*opened.get(chosen, []), *missing]
    return [(group, rule) for group, missing in sorted(opened.items()) for rule in missing]
