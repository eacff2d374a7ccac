"""Is it told what is done to requests on their way, and whether their destinations are there?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.effects.effect import Effect, Hurt
from tests.fixtures.route_effects import of_requests
from tests.fixtures.routing_objects import deployment, gateway, route, rule, service, split, to, virtual_service

pytestmark = pytest.mark.mesh
TO_HELLO = {"route": [to()]}


def told(before: dict[str, Any], after: dict[str, Any]) -> list[Effect]:
    """What is said where a route does `before` and then `after` beside sending requests to the app."""
    sides = ([gateway(), virtual_service({**TO_HELLO, **each})] for each in (before, after))
    return of_requests(*sides)


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ({}, {"timeout": "5s"}, " time out after 5s from now on"),
        ({"timeout": "5s"}, {"timeout": "1s"}, " time out after 1s instead of 5s"),
        ({"timeout": "5s"}, {}, " no longer time out after 5s"),
        (
            {},
            {"retries": {"attempts": 3, "retryOn": "5xx"}},
            " are retried up to 3 times on 5xx instead of up to 2 times (Istio's default)",
        ),
        ({"retries": {"attempts": 3}}, {"retries": {"attempts": 0}}, " are retried 0 times instead of up to 3 times"),
        (
            {"retries": {"attempts": 3}},
            {"retries": {"attempts": 3, "backoff": "1s", "retryRemoteLocalities": True}},
            " are retried up to 3 times after about 1s in other localities too instead of up to 3 times",
        ),
        ({}, {"rewrite": {"uri": "/v2/"}}, " are rewritten to path /v2/ from now on"),
        (
            {"rewrite": {"uri": "/v2/"}},
            {"rewrite": {"authority": "x"}},
            " are rewritten to host x instead of path /v2/",
        ),
        (
            {},
            {"fault": {"abort": {"httpStatus": 503, "percentage": {"value": 10}}}},
            ": 10 % aborted with 503 (fault injection) from now on",
        ),
        (
            {},
            {"fault": {"delay": {"fixedDelay": "2s", "percent": 100}}},
            ": 100 % delayed by 2s (fault injection) from now on",
        ),
        (
            {},
            {"mirror": {"host": "helloworld", "subset": "v2"}, "mirrorPercentage": {"value": 25}},
            ": 25 % mirrored to helloworld v2 from now on",
        ),
        ({}, {"mirrors": [{"destination": {"host": "a"}}]}, ": 100 % mirrored to a from now on"),
        (
            {},
            {"headers": {"request": {"set": {"x-a": "secret"}, "remove": ["x-b"]}}},
            " have headers changed: set x-a on the request and remove x-b on the request from now on",
        ),
        (
            {},
            {"corsPolicy": {"allowOrigins": [{"exact": "https://a.example.com"}], "allowMethods": ["GET"]}},
            ": CORS allows https://a.example.com with GET from now on",
        ),
    ],
)
def test_what_is_done_to_requests_is_told(before: dict[str, Any], after: dict[str, Any], text: str) -> None:
    assert [each.text for each in told(before, after)] == [f"requests through istio-ingress{text}"]


def test_a_fault_is_a_risk_and_its_end_is_none() -> None:
    fault = {"fault": {"abort": {"httpStatus": 503, "percent": 1}}}
    assert [each.hurt for each in told({}, fault)] == [Hurt.INTERRUPTS]
    assert [each.hurt for each in told(fault, {})] == [None]


def test_an_answer_to_every_origin_is_a_risk() -> None:
    one = {"corsPolicy": {"allowOrigins": [{"exact": "https://a.example.com"}]}}
    every = {"corsPolicy": {"allowOrigins": [{"regex": ".*"}]}}
    assert [each.hurt for each in told(one, every)] == [Hurt.EXPOSES]


SPLIT = virtual_service(route(route=split(v1=70, v2=30)))
ALL = [SPLIT, service(), rule("v1", "v2"), deployment("v1"), deployment("v2")]


def lost(after: list[dict[str, Any]], before: list[dict[str, Any]] = ALL) -> list[Effect]:
    return of_requests([gateway(), *before], [gateway(), *after])


def hurts(after: list[dict[str, Any]], before: list[dict[str, Any]] = ALL) -> list[Hurt | None]:
    return [each.hurt for each in lost(after, before)]


def test_a_subset_that_vanishes_under_a_route_is_a_risk() -> None:
    (found,) = lost([SPLIT, service(), rule("v1"), *ALL[3:]])
    assert found.sentence == (
        "helloworld: requests to v2 get 503 from now on: no DestinationRule defines subset v2 of helloworld"
    )
    assert found.hurt is Hurt.INTERRUPTS


def test_a_rewrite_that_changes_no_path_is_not_told() -> None:
    assert told({}, {"rewrite": {"uri": "/"}}) == []


def test_a_subset_that_goes_with_its_route_is_none() -> None:
    assert hurts([virtual_service(route(route=split(v1=100))), service(), rule("v1"), *ALL[3:]]) == [None]


def test_a_subset_without_a_share_is_missed_by_nobody() -> None:
    assert hurts([virtual_service(route(route=split(v1=100, v2=0))), service(), rule("v1"), *ALL[3:]]) == [None]


def test_a_service_that_vanishes_under_a_route_is_a_risk() -> None:
    found = lost([SPLIT, *ALL[2:]])
    assert [each.text for each in found] == ["deleted"] + [
        f"requests to {version} get 503 from now on: Service hello/helloworld does not exist"
        for version in ("v1", "v2")
    ]


def test_a_port_that_vanishes_under_a_route_is_a_risk() -> None:
    app = virtual_service(route(route=[to(port=80)]))
    other = service()
    other["spec"] = {**other["spec"], "ports": [{"name": "http", "port": 8080}]}
    found, *_ = lost([app, other], [app, service()])
    assert "Service hello/helloworld has no port 80; its ports: 8080" in found.text


def test_pods_that_vanish_under_a_route_are_a_risk() -> None:
    found, *_ = lost([SPLIT, service(), rule("v1", "v2"), deployment("v1")])
    assert "requests to v2 get 503 from now on: no pod has the labels app: helloworld, version: v2" in found.text


def test_labels_that_no_pod_carries_are_a_risk() -> None:
    found = lost([SPLIT, service(), rule("v1", "v2", labels={"track": "beta"}), *ALL[3:]])
    assert [each.text.partition(": ")[2] for each in found] == [
        "no pod has the labels app: helloworld, track: beta"
    ] * 2


def test_what_lacked_before_is_not_told_again() -> None:
    broken = [SPLIT, service(), rule("v1")]
    assert lost(broken, broken) == []


def test_a_service_of_somebody_else_is_not_missed() -> None:
    assert hurts([SPLIT], []) == [None]


def test_a_broken_route_is_a_risk_between_two_stacks_too() -> None:
    found = of_requests([gateway(), *ALL], [gateway(), SPLIT, service(), rule("v1"), *ALL[3:]], deploys=False)
    assert [each.hurt for each in found] == [Hurt.INTERRUPTS]
