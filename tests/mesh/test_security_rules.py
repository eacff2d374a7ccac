"""Which security rules does EKS still need? Only those that nothing covers, and never less than before."""

from __future__ import annotations

import pytest

from mesh.ports import PORTS, STATUS_PORT
from mesh.security_rules import ExistingRule, Found, Rule, SecurityGroups, covers, missing_rules, needed_rules

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


def found(*rules: ExistingRule, vpc_cidrs: tuple[str, ...] = VPC) -> Found:
    return Found(frozenset({CLUSTER, ADDED}), (NODES,), vpc_cidrs, rules)


def missing(*rules: ExistingRule, vpc_cidrs: tuple[str, ...] = VPC, group: str = NODES) -> list[int]:
    needed = needed_rules(SecurityGroups())
    left = missing_rules(needed, found(*rules, vpc_cidrs=vpc_cidrs), group=group, stack=STACK)
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
    assert missing(rule("-1", sources={"10.0.0.0/16"}), vpc_cidrs=both) == [15017, 15012]
    assert missing(rule("-1", sources={"10.0.0.0/8", "100.64.0.0/10"}), vpc_cidrs=both) == []


def test_an_unknown_vpc_is_covered_by_no_network() -> None:
    assert missing(rule("-1", sources={"0.0.0.0/0"}), vpc_cidrs=()) == [15017, 15012]


def test_a_rule_of_this_stack_is_kept_as_if_it_were_not_there() -> None:
    assert missing(rule(stack=STACK), rule(ports=(15012, 15012), stack=STACK)) == [15017, 15012]


def test_a_rule_of_this_stack_goes_where_somebody_else_opened_more() -> None:
    assert missing(rule(stack=STACK), rule("-1", (-1, -1))) == []
