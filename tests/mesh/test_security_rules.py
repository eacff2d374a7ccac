"""Which security rules does EKS still need? Only those that nothing covers, and never less than before."""

from __future__ import annotations

import pytest

from fairlead_mesh.aws.security_rules import (
    ExistingRule,
    Found,
    Rule,
    SecurityGroups,
    covers,
    missing_rules,
    needed_rules,
    rules_by_group,
)
from fairlead_mesh.ports import PORTS, STATUS_PORT

pytestmark = pytest.mark.mesh

CLUSTER = "sg-0c1a57e2000000000"
ADDED = "sg-0add1700000000000"
NODES = "sg-00de5000000000000"
ELSEWHERE = "sg-0e15e000000000000"
VPC = ("10.0.0.0/16",)
STACK = "dev"


def rule(
    protocol: str = "tcp",
    ports: tuple[int, int] = (15017, 15017),
    *,
    sources: set[str] | None = None,
    group: str = NODES,
    stack: str | None = None,
) -> ExistingRule:
    return ExistingRule(group, protocol, *ports, frozenset({CLUSTER} if sources is None else sources), stack)


def found(*rules: ExistingRule, networks: tuple[str, ...] = VPC) -> Found:
    return Found(frozenset({CLUSTER, ADDED}), (NODES,), networks, rules)


def missing(*rules: ExistingRule, networks: tuple[str, ...] = VPC, group: str = NODES) -> list[int]:
    needed = needed_rules(SecurityGroups())
    left = missing_rules(needed, found(*rules, networks=networks), groups=[group], stack=STACK)
    return [each.port for each in left]


def test_the_control_plane_must_reach_webhooks_and_istiod() -> None:
    needed = needed_rules(SecurityGroups())
    assert [(each.key, each.port) for each in needed] == [("webhooks", 15017), ("xds", 15012)]
    assert all(each.description for each in needed)


def test_more_ports_come_after_the_tables() -> None:
    ports = [{"name": "cert-manager", "port": 10250}, {"name": "kyverno", "port": 9443, "description": "policies"}]
    more = needed_rules(SecurityGroups.model_validate({"ports": ports}))[2:]
    assert more == [Rule("cert-manager", 10250, "cert-manager"), Rule("kyverno", 9443, "policies")]


def test_the_port_table_names_each_port_once() -> None:
    assert len({port.key for port in PORTS}) == len({port.number for port in PORTS}) == len(PORTS)
    assert STATUS_PORT in {port.number for port in PORTS}


def test_where_nothing_is_open_every_rule_is_missing() -> None:
    assert missing() == [15017, 15012]


COVERING = {
    "the very port": rule(),
    "a wider range": rule(ports=(1025, 65535)),
    "a range that ends there": rule(ports=(15000, 15017)),
    "every port of tcp": rule(ports=(-1, -1)),
    "every protocol": rule("-1", (-1, -1)),
    "every protocol, told as port 0": rule("-1", (0, 0)),
    "another group of the control plane": rule(sources={ADDED}),
    "one of several sources": rule(sources={ELSEWHERE, CLUSTER}),
    "the whole VPC": rule(sources={"10.0.0.0/16"}),
    "a network around the VPC": rule(sources={"10.0.0.0/8"}),
    "everybody": rule(sources={"0.0.0.0/0"}),
    "IPv4 beside IPv6": rule(sources={"::/0", "0.0.0.0/0"}),
    "another stack": rule(stack="prod"),
}
NOT_COVERING = {
    "another group as source": rule(sources={ELSEWHERE}),
    "no source that is known": rule(sources=set()),
    "another group's rule": rule(group=ELSEWHERE),
    "udp": rule("udp"),
    "icmp of every type": rule("icmp", (-1, -1)),
    "a range that ends before": rule(ports=(15000, 15016)),
    "a range that begins behind": rule(ports=(15018, 65535)),
    "a part of the VPC": rule(sources={"10.0.0.0/17"}),
    "a network elsewhere": rule(sources={"192.168.0.0/16"}),
    "IPv6 alone": rule(sources={"::/0"}),
}


@pytest.mark.parametrize("existing", COVERING.values(), ids=COVERING)
def test_a_rule_that_lets_the_control_plane_in_covers(existing: ExistingRule) -> None:
    assert covers(existing, 15017, group=NODES, found=found())
    assert 15017 not in missing(existing)


@pytest.mark.parametrize("existing", NOT_COVERING.values(), ids=NOT_COVERING)
def test_a_rule_that_does_not_let_the_control_plane_in_covers_nothing(existing: ExistingRule) -> None:
    assert not covers(existing, 15017, group=NODES, found=found())
    assert 15017 in missing(existing)


def test_a_rule_covers_its_own_port_alone() -> None:
    assert missing(rule()) == [15012]
    assert missing(rule(), rule(ports=(15012, 15012))) == []


def test_the_shared_cluster_group_covers_by_the_rule_within_itself() -> None:
    within = rule("-1", (-1, -1), group=CLUSTER, sources={CLUSTER})
    assert missing(within, group=CLUSTER) == []
    assert missing(within, group=NODES) == [15017, 15012]


def test_a_vpc_of_two_networks_is_covered_only_as_a_whole() -> None:
    both = ("10.0.0.0/16", "100.64.0.0/16")
    assert missing(rule("-1", sources={"10.0.0.0/16"}), networks=both) == [15017, 15012]
    assert missing(rule("-1", sources={"10.0.0.0/8", "100.64.0.0/10"}), networks=both) == []


def test_an_unknown_vpc_is_covered_by_no_network() -> None:
    assert missing(rule("-1", sources={"0.0.0.0/0"}), networks=()) == [15017, 15012]


def test_a_rule_of_this_stack_is_kept_as_if_it_were_not_there() -> None:
    assert missing(rule(stack=STACK), rule(ports=(15012, 15012), stack=STACK)) == [15017, 15012]


def test_a_rule_of_this_stack_goes_where_somebody_else_opened_more() -> None:
    assert missing(rule(stack=STACK), rule("-1", (-1, -1))) == []


IPV6 = ("2600:1f18:1:1000::/56",)


def test_on_an_ipv6_cluster_ipv4_is_no_cover() -> None:
    assert missing(rule("-1", sources={"0.0.0.0/0"}), networks=IPV6) == [15017, 15012]
    assert missing(rule("-1", sources={"10.0.0.0/8", "2600:1f18:1:1000::/60"}), networks=IPV6) == [15017, 15012]
    assert missing(rule("-1", sources={"2600:1f18:1:1000::/56"}), networks=IPV6) == []
    assert missing(rule("-1", sources={"::/0"}), networks=IPV6) == []


def test_on_an_ipv6_cluster_the_control_planes_group_covers_as_ever() -> None:
    assert missing(rule("-1"), networks=IPV6) == []


def opened(
    *rules: ExistingRule, interfaces: list[set[str]], nodes: tuple[str, ...] = (CLUSTER,)
) -> list[tuple[str, int]]:
    carried = tuple(frozenset(each) for each in interfaces)
    looked = Found(frozenset({CLUSTER}), nodes, VPC, (WITHIN, *rules), carried)
    return [(group, each.port) for group, each in rules_by_group(needed_rules(SecurityGroups()), looked, stack=STACK)]


WITHIN = rule("-1", (-1, -1), group=CLUSTER, sources={CLUSTER})
A, B = "sg-0a000000000000000", "sg-0b000000000000000"


def test_nodes_whose_group_no_tag_tells_of_are_found_by_their_interfaces() -> None:
    assert opened(interfaces=[{A}]) == [(A, 15017), (A, 15012)]
    assert opened(rule(ports=(15000, 15020), group=A), interfaces=[{A}]) == []
    assert opened(rule(group=A), interfaces=[{A}]) == [(A, 15012)]


def test_an_interface_with_a_group_that_is_opened_anyway_needs_no_more() -> None:
    assert opened(interfaces=[{A, CLUSTER}]) == []
    assert opened(interfaces=[{A, NODES}], nodes=(NODES,)) == [(NODES, 15017), (NODES, 15012)]


def test_one_group_of_an_interface_is_enough() -> None:
    assert opened(interfaces=[{B, A}]) == [(A, 15017), (A, 15012)]
    assert opened(rule(group=B), interfaces=[{B, A}]) == [(A, 15012)]
    assert opened(rule(group=B), interfaces=[{B, A}, {A}]) == [(A, 15017), (A, 15012)]
    assert opened(interfaces=[{A}, {A, B}, {B}]) == [(A, 15017), (A, 15012), (B, 15017), (B, 15012)]


def test_an_interface_is_reached_by_the_group_that_another_one_had_opened() -> None:
    # The first set lacks one port only, the second lacks both: the second is not done with what the first one got.
    other = rule(ports=(15012, 15012), group=B)
    assert opened(other, interfaces=[{A, B}, {A, "sg-0d000000000000000"}]) == [(A, 15017), (A, 15012)]
