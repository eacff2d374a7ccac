"""What of a stack does AWS still have? Asked of an account of the tests, in fair and in bad weather."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import boto3
import pytest

from fairlead.cloud.account import Account, AwsError
from fairlead.cloud.remains import Remains
from fairlead.lifecycle.load_balancers import causes_in, until_gone
from fairlead.terminal.progress import Silent
from tests.fixtures.aws.balanced import AUTO_MODE, CLUSTER, CONTROLLER, Balanced
from tests.fixtures.aws.weather import Weather, weather

pytestmark = [pytest.mark.snapshot, pytest.mark.process]

REGION = "eu-west-1"
OURS = "edge/front"


class Place:
    """A VPC with the stack's own load balancer, and those of others beside it."""

    def __init__(self) -> None:
        self.ec2 = boto3.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnet = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        self.others = [
            self.balanced("shop/front"),
            self.balanced(OURS, "mesh-prod"),
            self.balanced("shop/front", maker=AUTO_MODE),
        ]
        self.before = [each.as_it_is() for each in self.others]

    def balanced(self, service: str, cluster: str = CLUSTER, maker: tuple[str, str] = CONTROLLER) -> Balanced:
        return Balanced(service, cluster, maker).made(self.vpc, self.subnet)

    def group(self, name: str, **tags: str) -> str:
        made = str(self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)["GroupId"])
        listed = [{"Key": key, "Value": value} for key, value in tags.items()]
        if listed:
            self.ec2.create_tags(Resources=[made], Tags=listed)
        return made


@pytest.fixture
def proxy(aws_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Weather]:
    with weather(aws_server) as found:
        monkeypatch.setenv("AWS_ENDPOINT_URL", found.endpoint)
        yield found


@pytest.fixture
def place(proxy: Weather) -> Iterator[Place]:
    found = Place()
    yield found
    proxy.errors.clear()
    assert [each.as_it_is() for each in found.others] == found.before


def remains(*groups: str, services: str = OURS) -> Remains:
    return Remains(Account(REGION), CLUSTER, frozenset({services}), frozenset(groups))


def kinds(of: Remains) -> list[str]:
    return [each.kind for each in of.of_load_balancers()]


ALL = ["load balancer", "target group", "network interface", "security group"]


@pytest.mark.parametrize("maker", [CONTROLLER, AUTO_MODE])
def test_what_a_controller_made_for_the_stacks_service_is_found_and_what_is_of_others_is_not(
    place: Place, maker: tuple[str, str]
) -> None:
    assert kinds(remains()) == []
    ours = place.balanced(OURS, maker=maker)
    found = remains().of_load_balancers()
    assert [each.kind for each in found] == ALL
    assert {each.of for each in found} == {OURS}
    named = " ".join(each.removal for each in found)
    assert all(each in named for each in (ours.arn, ours.targets, ours.interface, ours.group))


def test_interfaces_are_known_by_their_load_balancer_after_it_has_gone(place: Place) -> None:
    ours, looking = place.balanced(OURS), remains()
    assert kinds(looking) == ALL
    place.ec2.modify_network_interface_attribute(NetworkInterfaceId=ours.interface, Groups=[place.group("default-2")])
    ours.deleted("load balancer", "target group", "security group")
    assert [str(each) for each in looking.of_load_balancers()] == [f"network interface {ours.interface} of {OURS}"]
    ours.deleted("network interface")
    assert kinds(looking) == []


def test_interfaces_in_a_group_of_the_stacks_own_hold_it(place: Place) -> None:
    front = place.group("front")
    made = place.ec2.create_network_interface(SubnetId=place.subnet, Description="of somebody", Groups=[front])
    interface = made["NetworkInterface"]["NetworkInterfaceId"]
    assert kinds(remains()) == []
    assert [str(each) for each in remains(front).of_load_balancers()] == [
        f"network interface {interface} of of somebody"
    ]


def test_groups_and_rules_of_the_stack_are_told_from_those_of_another_cluster(place: Place) -> None:
    ours, theirs = place.group("ours"), place.group("theirs")
    node, mark = place.group("node"), {"fairlead/stack": "dev"}
    for source in (ours, theirs):
        permission = {"IpProtocol": "tcp", "FromPort": 15017, "ToPort": 15017}
        tags = [{"ResourceType": "security-group-rule", "Tags": [{"Key": "fairlead/stack", "Value": "dev"}]}]
        place.ec2.authorize_security_group_ingress(
            GroupId=node,
            IpPermissions=[{**permission, "UserIdGroupPairs": [{"GroupId": source}]}],
            TagSpecifications=tags,
        )
    front = place.group("front", Name="front-front", **mark)
    place.group("other", Name="other-front", **mark)
    place.group("foreign", Name="front-front", **{"fairlead/stack": "prod"})
    found = remains().of_the_stack("dev", {ours}, {"front-front"})
    assert [(each.kind, each.of) for each in found] == [
        ("security group", "stack dev"),
        ("security group rule", "stack dev"),
    ]
    assert found[0].name == front
    assert found[1].removal.startswith(f"aws ec2 revoke-security-group-ingress --group-id {node} ")


def later(work: Callable[[], object], after: float = 0.4) -> threading.Thread:
    def run() -> None:
        time.sleep(after)
        work()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


class Heard(Silent):
    """What was said; each line is followed by the next of these steps."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.lines: list[str] = []
        self._steps = [*steps]

    def say(self, text: str, style: str = "") -> None:
        del style
        self.lines.append(text)
        if self._steps:
            self._steps.pop(0)()


def test_it_is_waited_until_the_last_part_is_gone_and_each_step_is_said(place: Place) -> None:
    ours = place.balanced(OURS)
    parts = [("load balancer", "target group"), ("network interface", "security group")]
    heard = Heard(*(partial(ours.deleted, *each) for each in parts))
    assert until_gone(remains(), heard, within=60, every=0.01) == []
    first, second = heard.lines
    assert re.match(r"  waiting: AWS still has load balancer \w+/k8s-edge-front-\S+ of edge/front, target", first)
    held = f"network interface {ours.interface} of {OURS}, security group {ours.group} of {OURS}"
    assert second == f"  waiting: AWS still has {held}"


def test_what_never_goes_is_named_when_the_time_is_over(place: Place) -> None:
    place.balanced(OURS)
    left = until_gone(remains(), Silent(), within=0.2, every=0.05)
    assert [each.kind for each in left] == ALL
    said = next(str(each) for each in causes_in(remains()))
    assert said.endswith("AWS still has it, of edge/front; its controller deletes it")


@pytest.mark.parametrize("code", ["Throttling", "RequestLimitExceeded"])
def test_throttling_only_takes_longer(place: Place, proxy: Weather, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fairlead.cloud.account._TRIES", 1)
    ours = place.balanced(OURS)
    proxy.errors["DescribeSecurityGroups"] = [code] * 4
    proxy.errors["DescribeLoadBalancers"] = [code] * 2
    thread = later(ours.deleted)
    assert until_gone(remains(), Silent(), within=20, every=0.05) == []
    thread.join()
    assert proxy.errors == {"DescribeSecurityGroups": [], "DescribeLoadBalancers": []}


def test_a_load_balancer_that_goes_between_two_questions_is_no_error(place: Place, proxy: Weather) -> None:
    place.balanced(OURS).deleted()
    proxy.errors["DescribeTags"] = ["LoadBalancerNotFound"]
    assert until_gone(remains(), Silent(), within=20, every=0.05) == []


@pytest.mark.parametrize(
    ("action", "code"),
    [("DescribeLoadBalancers", "AccessDenied"), ("DescribeNetworkInterfaces", "UnauthorizedOperation")],
)
def test_a_right_that_lacks_is_named_at_once(place: Place, proxy: Weather, action: str, code: str) -> None:
    place.balanced(OURS)
    proxy.errors[action] = [code] * 9
    with pytest.raises(AwsError, match=action) as caught:
        until_gone(remains(), Silent(), within=20, every=0.05)
    assert action in caught.value.remedy
