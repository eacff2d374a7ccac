"""How does a stack go that has load balancers in AWS? On an API server, with an account of the tests beside it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from fairlead.cluster.live_cluster import LiveCluster
from fairlead.doctor.examined import Examined
from fairlead.lifecycle import load_balancers
from fairlead.lifecycle.consent import Consent
from fairlead.lifecycle.down import Wanted, down
from fairlead.lifecycle.engine.engine import Engine
from fairlead.lifecycle.wholeness import Wholeness
from fairlead.terminal.errors import UnreachableError, UserError
from fairlead.terminal.progress import Silent
from fairlead_mesh.ownership import marked, stack_mark
from tests.fixtures.aws.balanced import CLUSTER, Balanced
from tests.fixtures.aws.weather import Weather, weather
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.examined import ON_EKS, examined
from tests.fixtures.placed import thing
from tests.fixtures.runs.stand_in_cli import StandInCli, stand_in_cli

pytestmark = pytest.mark.apiserver

REGION, ACCOUNT = "eu-west-1", "123456789012"
SPEC: dict[str, Any] = {"type": "LoadBalancer", "ports": [{"port": 80}]}
SERVICE = thing("v1", "Service", "front", "default", spec=SPEC)
ROOT = "urn:pulumi:dev::fairlead::"
FRONT = f"{ROOT}kubernetes:core/v1:Service::front"
RULE = f"{ROOT}aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::rule"


class Heard(Silent):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str, style: str = "") -> None:
        del style
        self.lines.append(text)


class Going:
    """A stack with one Service behind a load balancer, and somebody else's beside it."""

    def __init__(self, live: LiveCluster, cli: StandInCli, proxy: Weather) -> None:
        self.live, self.cli, self.proxy, self.heard = live, cli, proxy, Heard()
        self.ec2, self.eks = boto3.client("ec2"), boto3.client("eks")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        role = "arn:aws:iam::123456789012:role/eks"
        self.eks.create_cluster(name=CLUSTER, roleArn=role, resourcesVpcConfig={"subnetIds": [subnet]})
        self.theirs = Balanced("shop/front").made(self.vpc, subnet)
        self.ours = Balanced("default/front").made(self.vpc, subnet)
        self.examined = examined(live, **ON_EKS)
        self.service = marked(SERVICE, stack_mark(self.examined.snapshot.project, self.examined.snapshot.stack))
        live.apply(self.service, "pulumi-kubernetes-1")
        arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group-rule/sgr-1"
        self.state: list[dict[str, Any]] = [
            {"urn": RULE, "type": RULE.split("::")[2], "custom": True, "id": "sgr-1", "outputs": {"arn": arn}},
            {"urn": FRONT, "type": "kubernetes:core/v1:Service", "custom": True, "id": "x", "inputs": self.service},
        ]
        cli.holds(self.state)

    def down(self, of: Examined | None = None, *, gone: bool = False) -> int:
        looked_at = of or self.examined
        engine = Engine(PROGRAM, "dev", self.heard)
        whole = Wholeness(engine, looked_at.snapshot, looked_at.reached, self.heard)
        return down(whole, looked_at, Consent(yes=True), Wanted(cluster_gone=gone))

    def controller(self) -> threading.Thread:
        """Deletes the Service when the engine has, and a while after it what it made."""

        def work() -> None:
            while not any(each.startswith("destroy") for each in self.cli.asked):
                time.sleep(0.05)
            self.live.delete(self.live.ref(self.service))
            self.ours.deleted("load balancer", "target group")
            time.sleep(0.3)
            self.ours.deleted("network interface", "security group")

        thread = threading.Thread(target=work)
        thread.start()
        return thread


@pytest.fixture
def going(
    live_cluster: LiveCluster, aws_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Going]:
    monkeypatch.setattr(load_balancers, "EVERY", 0.05)
    cli = stand_in_cli(tmp_path, monkeypatch)
    with weather(aws_server) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        found = Going(live_cluster, cli, proxy)
        before = found.theirs.as_it_is()
        yield found
        proxy.errors.clear()
        assert found.theirs.as_it_is() == before
        live_cluster.delete(live_cluster.ref(found.service))
        live_cluster.wait_until_gone([live_cluster.ref(found.service)])


def test_the_load_balancer_goes_first_and_all_else_when_aws_has_nothing_of_it(going: Going) -> None:
    controller = going.controller()
    assert going.down() == 0
    controller.join()
    assert going.cli.asked == ["destroy front", "destroy"]
    assert "  waiting: AWS still has" in "\n".join(going.heard.lines)
    assert going.heard.lines[-1] == "Nothing of the stack is left in AWS."


def test_what_never_goes_is_named_with_the_commands_and_nothing_else_is_deleted(
    going: Going, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_balancers, "WITHIN", 0.2)
    with pytest.raises(UserError) as caught:
        going.down()
    assert f"  security group {going.ours.group} of default/front\nNothing else was deleted." in caught.value.message
    assert f"  aws elbv2 delete-load-balancer --load-balancer-arn {going.ours.arn}\n" in caught.value.remedy
    assert going.cli.asked == ["destroy front"]
    going.live.delete(going.live.ref(going.service))
    going.ours.deleted()
    assert going.down() == 0


def test_where_aws_may_not_be_asked_the_stack_goes_and_the_proof_lacks(going: Going) -> None:
    going.proxy.errors["DescribeLoadBalancers"] = ["AccessDenied"] * 9
    going.live.delete(going.live.ref(going.service))
    assert going.down() == 1
    assert going.cli.asked == ["destroy"]
    assert "  load balancers are not waited for: elbv2:DescribeLoadBalancers" in "\n".join(going.heard.lines)
    assert "It is not proved that nothing is left in AWS: elbv2:DescribeLoadBalancers" in "\n".join(going.heard.lines)


def unreachable() -> Any:
    raise UnreachableError("the cluster cannot be reached", "Is the cluster still running?")


def without_answer() -> Examined:
    found = examined(**ON_EKS)
    found.connect = unreachable
    return found


def test_a_cluster_that_does_not_answer_but_that_eks_has_is_not_gone(going: Going) -> None:
    with pytest.raises(UserError, match="cannot be reached") as caught:
        going.down(without_answer())
    assert "--cluster-gone" in caught.value.remedy
    assert going.cli.asked == []


def test_a_cluster_that_eks_does_not_have_is_gone(going: Going) -> None:
    going.eks.delete_cluster(name=CLUSTER)
    going.ours.deleted()
    assert going.down(without_answer()) == 0
    assert going.heard.lines[0] == (
        f"EKS has no cluster {CLUSTER} in {REGION} of account {ACCOUNT}, where the rest of the stack is."
    )
    assert going.cli.asked == ["refresh", "destroy"]


@pytest.mark.parametrize("place", [f"{REGION}:210987654321", f"us-east-1:{ACCOUNT}"])
def test_an_account_that_the_stack_is_not_in_says_nothing_of_its_cluster(going: Going, place: str) -> None:
    going.eks.delete_cluster(name=CLUSTER)
    going.state[0]["outputs"]["arn"] = f"arn:aws:ec2:{place}:security-group-rule/sgr-1"
    going.cli.holds(going.state)
    with pytest.raises(UserError, match="cannot be reached"):
        going.down(without_answer())
    assert going.cli.asked == []


def test_what_the_controller_of_a_gone_cluster_left_is_named_before_what_it_holds_is_deleted(going: Going) -> None:
    with pytest.raises(UserError) as caught:
        going.down(without_answer(), gone=True)
    assert "nobody deletes it any more" in caught.value.message
    assert f"aws elbv2 delete-target-group --target-group-arn {going.ours.targets}" in caught.value.remedy
    assert going.cli.asked == ["refresh"]
    going.ours.deleted()
    assert going.down(without_answer(), gone=True) == 0
