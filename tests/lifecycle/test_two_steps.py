"""Do gateways with load balancers go before all else, and does the rest stay while AWS has them? With the real engine.

The load balancer is one of the tests' account; the stack is on the demo's API server: there no plugin of AWS is needed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import boto3
import pytest

from fairlead.cloud.account import Account
from fairlead.cloud.remains import Remains
from fairlead.cluster.answers import Ref
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.demo import engine as pulumi_engine
from fairlead.doctor.examined import examined_stack
from fairlead.drift.stack_cluster import Named
from fairlead.evaluation.evaluation import evaluate
from fairlead.lifecycle import load_balancers
from fairlead.lifecycle.engine.engine import Engine
from fairlead.lifecycle.load_balancers import load_balancers_first
from fairlead.lifecycle.wholeness import Wholeness
from fairlead.terminal.errors import UserError
from fairlead.terminal.progress import Silent
from fairlead.yaml_files.stack_reader import read_stack_file
from tests.fixtures.aws.balanced import CLUSTER, Balanced
from tests.fixtures.engine_cluster import Cluster
from tests.fixtures.runs.project import Project

MISSING = pulumi_engine.unavailable()
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(bool(MISSING), reason=f"engine tier: {MISSING}"),
]
FRONT = "istio-ingress/istio-ingress"
ISTIOD = Ref("apps/v1", "Deployment", "istio-system", "istiod")
SERVICE = Ref("v1", "Service", *FRONT.split("/"))


@pytest.fixture
def live(cluster: Cluster) -> Iterator[LiveCluster]:
    found = LiveCluster(cluster.kubeconfig, cluster.context)
    yield found
    found.close()


@pytest.fixture
def whole(project: Project, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Wholeness:
    done = project.fairlead("up")
    assert done.returncode == 0, done.stdout + done.stderr
    for key, value in project.env.items():
        monkeypatch.setenv(key, value)
    stack_file = read_stack_file(project.folder, stack=project.stack)
    snapshot = evaluate(project.folder, stack_file)
    at = Named(cluster.kubeconfig, cluster.context)
    examined = examined_stack(project.folder, stack_file, snapshot, at)
    engine = Engine(project.folder, project.stack, Silent(), project=stack_file.project)
    return Wholeness(engine, snapshot, examined.reached, Silent())


@pytest.fixture
def balanced(aws_server: str) -> Balanced:
    assert aws_server
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    return Balanced(FRONT).made(vpc, subnet)


def remains() -> Remains:
    return Remains(Account("eu-west-1", None), CLUSTER, frozenset({FRONT}))


def test_the_rest_waits_until_aws_has_nothing_of_the_gateway(
    project: Project, whole: Wholeness, balanced: Balanced, live: LiveCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_balancers, "EVERY", 0.1)
    monkeypatch.setattr(load_balancers, "WITHIN", 1.0)
    with pytest.raises(UserError, match="Nothing else was deleted") as caught:
        load_balancers_first(whole, live, remains(), whole.state())
    assert balanced.arn in caught.value.remedy
    assert (live.read(SERVICE), bool(live.read(ISTIOD))) == (None, True)
    left = {str(each["urn"]).rpartition("::")[2] for each in whole.state().on_cluster()}
    assert {"istiod", "istio-system", "istio-ingress"} <= left
    assert left.isdisjoint({"helloworld-routes", "istio-ingress-hosts"})

    monkeypatch.setattr(load_balancers, "WITHIN", 60.0)
    controller = threading.Timer(1.0, balanced.deleted)
    controller.start()
    begin = time.monotonic()
    load_balancers_first(whole, live, remains(), whole.state())
    assert time.monotonic() - begin > 0.9
    controller.join()
    gone = project.fairlead("down")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert live.read(ISTIOD) is None
