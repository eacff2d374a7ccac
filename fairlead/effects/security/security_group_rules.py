"""Which sources does AWS let in where? The ingress rules of a side's security groups, however they are written.

Forms: a resource a rule (aws:vpc/securityGroupIngressRule, aws:ec2/securityGroupRule), or a list inside a group.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fairlead.comparison.comparison import Side
from fairlead.effects.security.networks import beyond
from fairlead.evaluation.snapshot import UNKNOWN, Resource
from fairlead_mesh.model.objects.yaml_values import as_list, as_maps

_INGRESS_RULE = "securityGroupIngressRule:SecurityGroupIngressRule"
_OLD_RULE = "securityGroupRule:SecurityGroupRule"
GROUP = "securityGroup:SecurityGroup"
_ONE = {
    "cidrIpv4": "",
    "cidrIpv6": "",
    "prefixListId": "prefix list ",
    "referencedSecurityGroupId": "security group ",
    "sourceSecurityGroupId": "security group ",
}
_SEVERAL = {
    "cidrBlocks": "",
    "ipv6CidrBlocks": "",
    "prefixListIds": "prefix list ",
    "securityGroups": "security group ",
}
_EVERY_PORT = (0, 65535)
ALL_PROTOCOLS = "-1"


@dataclass(frozen=True)
class Opening:
    """A port range of a group that some sources reach; `group` is its logical name or, known by no other, its id."""

    group: str
    protocol: str
    ports: tuple[int, int]
    sources: frozenset[str]
    purpose: str

    def takes(self, other: Opening) -> bool:
        """Whether it lets in all that the other one does, sources aside."""
        protocol = self.protocol in (ALL_PROTOCOLS, other.protocol)
        return self.group == other.group and protocol and self._covers(other.ports)

    def _covers(self, ports: tuple[int, int]) -> bool:
        return self.protocol == ALL_PROTOCOLS or (self.ports[0] <= ports[0] and ports[1] <= self.ports[1])


@dataclass(frozen=True)
class Openings:
    """All of one side, by group."""

    by_group: Mapping[str, list[Opening]]
    groups: frozenset[str]
    """The groups that are this side's own, by logical name."""

    def beyond(self, opening: Opening) -> list[str]:
        """The sources of an opening of the other side that are not let in here."""
        here = [each for each in self.by_group.get(opening.group, []) if each.takes(opening)]
        return beyond(opening.sources, {source for each in here for source in each.sources})


def openings(side: Side) -> Openings:
    """Every ingress rule of a side; those that differ in their sources only are one opening."""
    found: dict[tuple[str, str, tuple[int, int]], list[Opening]] = defaultdict(list)
    for resource in side.snapshot.resources:
        if resource.type.startswith("aws:"):
            for each in _of(resource, side):
                found[each.group, each.protocol, each.ports].append(each)
    by_group: dict[str, list[Opening]] = defaultdict(list)
    for (group, protocol, ports), alike in sorted(found.items()):
        sources = frozenset(source for each in alike for source in each.sources)
        by_group[group].append(Opening(group, protocol, ports, sources, alike[0].purpose))
    return Openings(by_group, frozenset(each.name for each in side.snapshot.resources if each.type.endswith(GROUP)))


def _of(resource: Resource, side: Side) -> Iterator[Opening]:
    if resource.type.endswith(_INGRESS_RULE):
        yield _opening(_group(resource, side), resource.inputs, "ipProtocol")
    elif resource.type.endswith(_OLD_RULE) and resource.inputs.get("type") == "ingress":
        yield _opening(_group(resource, side), resource.inputs, "protocol")
    elif resource.type.endswith(GROUP):
        for rule in as_maps(resource.inputs.get("ingress")):
            yield _opening(resource.name, rule, "protocol")


def _opening(group: str, rule: Mapping[str, Any], protocol_key: str) -> Opening:
    protocol = str(rule.get(protocol_key, ALL_PROTOCOLS)).lower()
    first, last = (_number(rule.get(key)) for key in ("fromPort", "toPort"))
    whole = protocol in (ALL_PROTOCOLS, "all") or first is None or first < 0
    ports = _EVERY_PORT if whole or first is None else (first, last if last is not None else first)
    sources = frozenset(_sources(rule))
    return Opening(
        group, ALL_PROTOCOLS if protocol == "all" else protocol, ports, sources, str(rule.get("description") or "")
    )


def _sources(rule: Mapping[str, Any]) -> Iterator[str]:
    for key, word in _ONE.items():
        if rule.get(key):
            yield _source(word, str(rule[key]))
    for key, word in _SEVERAL.items():
        for value in as_list(rule.get(key)):
            yield _source(word, str(value))
    if rule.get("self") is True:
        yield "the group itself"


def _source(word: str, value: str) -> str:
    return f"a {word.strip() or 'network'}" if value == UNKNOWN else f"{word}{value}"


def _group(resource: Resource, side: Side) -> str:
    """The group that a rule is for: by what it waits for, where its id is not known yet."""
    said = str(resource.inputs.get("securityGroupId") or UNKNOWN)
    if said != UNKNOWN:
        return said
    needed = (side.snapshot.by_urn.get(urn) for urn in resource.dependencies)
    names = [each.name for each in needed if each and each.type.endswith(GROUP)]
    return names[0] if len(names) == 1 else ""


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
