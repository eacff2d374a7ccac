"""Who makes load balancers, as far as a cluster shows it? Answers as EKS clusters and others give them."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.cluster.answers import Ref
from tests.fixtures.examined import GATEWAY, ON_EKS, examined, seen

pytestmark = pytest.mark.snapshot

AUTO_MODE = ("eks.amazonaws.com/v1", "NodeClass")
CONTROLLER = Ref("apps/v1", "Deployment", "kube-system", "aws-load-balancer-controller")
CNI = Ref("apps/v1", "DaemonSet", "kube-system", "aws-node")


class Answers:
    """A cluster of these kinds and objects."""

    def __init__(self, *kinds: tuple[str, str], **objects: Any) -> None:
        self._kinds = dict.fromkeys(kinds)
        self._objects: dict[str, dict[Ref, dict[str, Any]]] = objects

    def server_version(self) -> str:
        return "v1.34.1"

    def kinds(self) -> dict[tuple[str, str], None]:
        return self._kinds

    def knows(self, _: Any) -> bool:
        return True

    def labelled(self, _version: str, kind: str, *_: str) -> dict[Ref, dict[str, Any]]:
        return self._objects.get(kind, {})


def said(check: str, answers: Answers, **keys: Any) -> list[tuple[str, str]]:
    cluster: Any = answers
    return seen(check, examined(cluster, **{**ON_EKS, **keys}))


def eks(maker: str) -> dict[str, Any]:
    return {"cluster": {"eks": {"name": "mesh-dev", "region": "eu-west-1", "loadBalancer": maker}}}


def service(name: str, *addresses: str) -> dict[Ref, dict[str, Any]]:
    status = {"loadBalancer": {"ingress": [{"ip": each} for each in addresses]}}
    metadata = {"name": name, "namespace": "front"}
    return {
        Ref("v1", "Service", "front", name): {"metadata": metadata, "spec": {"type": "LoadBalancer"}, "status": status}
    }


READY = {CONTROLLER: {"status": {"readyReplicas": 2}}}
IDLE: dict[Ref, dict[str, Any]] = {CONTROLLER: {"status": {}}}


@pytest.mark.parametrize(
    ("maker", "answers", "verdict", "words"),
    [
        ("controller", Answers(Deployment=READY), "ok", "the AWS Load Balancer Controller makes the load balancers of"),
        ("controller", Answers(Deployment=IDLE), "failed", "has no ready pod"),
        ("controller", Answers(AUTO_MODE), "failed", "is not installed; EKS Auto Mode is on"),
        ("autoMode", Answers(AUTO_MODE), "ok", "EKS Auto Mode makes the load balancers of front"),
        ("autoMode", Answers(AUTO_MODE, Deployment=IDLE), "ok", "EKS Auto Mode makes"),
        ("autoMode", Answers(Deployment=READY), "failed", "EKS Auto Mode is not on"),
        ("auto", Answers(), "failed", "neither"),
        ("auto", Answers(AUTO_MODE, Deployment=IDLE), "ok", "makes the load balancers"),
    ],
)
def test_the_maker_that_the_stack_file_names_has_to_be_there(
    maker: str, answers: Answers, verdict: str, words: str
) -> None:
    ((found, text),) = said("load_balancer_controller", answers, **eks(maker))
    assert (found, words in text) == (verdict, True), text


def test_off_eks_an_address_of_another_service_is_the_proof() -> None:
    kind = {"cluster": {"kubeconfig": {"context": "kind"}, "loadBalancers": True}}
    nothing = "no Service of the cluster has a load balancer yet: nobody can know"
    assert said("load_balancer_controller", Answers(), **kind) == [("skipped", nothing)]
    pending = Answers(Service=service("one"))
    assert said("load_balancer_controller", pending, **kind) == [
        ("warning", "no Service of type LoadBalancer has an address: front/one")
    ]
    served = Answers(Service={**service("one"), **service("two", "10.0.0.1")})
    assert said("load_balancer_controller", served, **kind) == [
        ("ok", "1 of 2 Services of type LoadBalancer have an address")
    ]


def test_a_stack_without_load_balancers_asks_for_none() -> None:
    inside = [{**GATEWAY, "expose": "clusterIP"}]
    assert said("load_balancer_controller", Answers(), gateways=inside) == [
        ("skipped", "no gateway has a load balancer")
    ]


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        (Answers(DaemonSet={CNI: {"status": {"numberReady": 2, "desiredNumberScheduled": 2}}}), "ok"),
        (Answers(DaemonSet={CNI: {"status": {"numberReady": 1, "desiredNumberScheduled": 2}}}), "warning"),
        (Answers(AUTO_MODE), "ok"),
        (Answers(), "warning"),
    ],
)
def test_pods_have_addresses_of_the_vpc(answers: Answers, verdict: str) -> None:
    assert [each for each, _ in said("pod_network", answers)] == [verdict]
