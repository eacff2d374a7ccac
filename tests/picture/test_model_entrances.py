"""Which ways into the mesh does a picture show, and who may take them?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.picture.model.reading import picture
from tests.fixtures.evaluated import EKS, evaluate_file, evaluated
from tests.fixtures.hand_made import stack
from tests.fixtures.picture.parts import DEV, app, entrance
from tests.fixtures.picture.stacks import (
    deployment,
    gateway,
    gateway_release,
    service,
    virtual_service,
)
from tests.fixtures.picture.varied import varied

pytestmark = pytest.mark.snapshot


def test_a_load_balancer_says_who_may_connect() -> None:
    front = entrance(picture(evaluate_file(DEV)), "istio-ingress")
    assert front.outside == "Internet"
    assert front.balancer
    assert front.balancer.title == "Network load balancer, internet-facing"
    assert front.balancer.rules == ("80 from 203.0.113.0/24",)
    assert front.servers == ("80 HTTP *",)


@pytest.mark.parametrize(
    ("keys", "outside", "title", "rules"),
    [
        ({"cluster": EKS}, "Internet", "Network load balancer, internet-facing", ("from anywhere",)),
        (
            {"cluster": EKS, "expose": "internal"},
            "The VPC", "Network load balancer, internal", ("from anywhere in the VPC",),
        ),
        ({"expose": "internal"}, "Outside the cluster", "Load balancer", ("from anywhere",)),
        ({"expose": "nodePort"}, "Anyone who can reach a node", "A port of every node", ()),
        ({"expose": "clusterIP"}, "Pods of the cluster", "Cluster IP", ()),
        (
            {"loadBalancer": {"allowFrom": {"cidrs": ["192.0.2.0/24"]}}},
            "Outside the cluster", "Load balancer", ("from 192.0.2.0/24",),
        ),
        (
            {"cluster": EKS, "loadBalancer": {"allowFrom": {"prefixLists": ["pl-0123abcd"]}}},
            "Internet", "Network load balancer, internet-facing", ("80 from pl-0123abcd",),
        ),
    ],
)  # fmt: skip
def test_every_way_in_has_its_words(keys: dict[str, Any], outside: str, title: str, rules: tuple[str, ...]) -> None:
    cluster = {"cluster": keys["cluster"]} if "cluster" in keys else {}
    own = {key: value for key, value in keys.items() if key != "cluster"}
    front = entrance(picture(evaluated(**cluster, gateways=[{"name": "front", **own}])), "front")
    assert (front.outside, front.balancer and front.balancer.title) == (outside, title)
    assert front.balancer
    assert front.balancer.rules == rules


def test_a_gateway_of_other_people_is_an_entrance_too() -> None:
    shown = picture(varied())
    assert app(shown, "other").strands[0].entrances == ("platform/shared", "gates/front")
    assert not entrance(shown, "platform/shared").known


def test_gateways_on_the_same_pods_are_one_entrance() -> None:
    shown = picture(
        stack(
            gateway_release("front", "gates", labels={"istio": "front"}),
            *(gateway(f"team-{number}", "teams", istio="front") for number in range(30)),
        )
    )
    assert [each.title for each in shown.entrances] == ["front"]


def test_pods_of_a_plain_deployment_may_be_a_gateway() -> None:
    shown = picture(
        stack(
            gateway("edge", "web", {"port": {"number": 80, "protocol": "HTTP"}, "hosts": ["a.example"]}, app="edge"),
            deployment("edge", "web"),
            service("edge", "web", type="NodePort"),
        )
    )
    (edge,) = shown.entrances
    assert (edge.outside, edge.servers) == ("Anyone who can reach a node", ("80 HTTP a.example",))
    assert [each.name for quarter in shown.quarters for each in quarter.apps] == []


def test_rules_that_may_be_open_already_are_said_to_be() -> None:
    snapshot = evaluate_file(DEV)
    for looked_up in (True, False):
        (tile,) = [each for each in picture(snapshot, rules_looked_up=looked_up).tiles if each.title.startswith("EKS")]
        assert tile.facts[0] == "15017: Istio webhooks: sidecar injection and validation"
        assert ("created unless already open" in tile.facts) is looked_up


def test_hosts_are_never_told_at_a_gateway_that_does_not_have_them() -> None:
    """The same routes for one host at one gateway and another at another stay two."""
    at = {"a.example.com": ["gates/one"], "b.example.com": ["gates/two"], "c.example.com": ["gates/two"]}
    http = [{"route": [{"destination": {"host": "web"}}]}]
    specs = [{"hosts": [host], "gateways": gateways, "http": http} for host, gateways in at.items()]
    services = [virtual_service(f"web-{number}", "default", spec) for number, spec in enumerate(specs)]
    strands = app(picture(stack(*services)), "web-0").strands
    assert [(strand.hosts, strand.entrances) for strand in strands] == [
        (("a.example.com",), ("gates/one",)),
        (("b.example.com", "c.example.com"), ("gates/two",)),
    ]


@pytest.mark.parametrize(
    ("annotations", "outside"),
    [
        ({"type": "external"}, "The VPC"),
        ({"type": "nlb"}, "Internet"),
        ({"type": "nlb", "internal": "true"}, "The VPC"),
        ({"type": "external", "scheme": "internet-facing"}, "Internet"),
    ],
)
def test_a_load_balancer_without_a_scheme_has_its_controllers_default(
    annotations: dict[str, str], outside: str
) -> None:
    full = {f"service.beta.kubernetes.io/aws-load-balancer-{key}": value for key, value in annotations.items()}
    shown = picture(stack(gateway_release("front", "gates", service={"annotations": full})))
    assert entrance(shown, "front").outside == outside


def test_a_gateway_object_opens_the_pods_that_it_selects_and_no_others() -> None:
    shown = picture(varied())
    assert entrance(shown, "out").servers == ("443 TLS api.partner.example",)
    assert app(shown, "db").strands[0].entrances == ("gates/front",)
