"""Do the sentences about VirtualServices say what happens to requests, and nothing where nothing happens?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.effects.effect import Hurt
from tests.fixtures.route_effects import effects, of_requests, sentences
from tests.fixtures.routing_objects import HELLO, gateway, route, service, split, to, virtual_service

pytestmark = pytest.mark.mesh


def test_a_weight_is_told_by_the_version_that_gains() -> None:
    before, after = virtual_service(route(route=split(v1=70, v2=30))), virtual_service(route(route=split(v1=20, v2=80)))
    assert sentences([before], [after]) == ["helloworld: v2 goes from 30 % to 80 % of requests through istio-ingress"]


def test_between_two_stacks_a_weight_is_a_difference() -> None:
    before, after = virtual_service(route(route=split(v1=70, v2=30))), virtual_service(route(route=split(v2=100)))
    assert sentences([before], [after], deploys=False) == [
        "helloworld: requests through istio-ingress go to v1 70 %, v2 30 % in before, to v2 100 % in after"
    ]


def test_gateways_with_the_same_change_are_one_sentence() -> None:
    bound: dict[str, Any] = {"hosts": ("hello.example.com", HELLO), "gateways": ("istio-ingress/istio-ingress", "mesh")}
    before = virtual_service(route(route=split(v1=70, v2=30)), **bound)
    after = virtual_service(route(route=split(v1=20, v2=80)), **bound)
    assert sentences([before, service()], [after, service()]) == [
        "helloworld: v2 goes from 30 % to 80 % of requests through istio-ingress and inside the mesh"
    ]


def test_a_version_that_gets_nothing_any_more_is_named() -> None:
    before, after = virtual_service(route(route=split(v1=70, v2=30))), virtual_service(route(route=split(v1=0, v2=100)))
    assert sentences([before], [after]) == [
        "helloworld: v2 goes from 30 % to 100 % of requests through istio-ingress, v1 from 70 % to none"
    ]


def test_of_three_versions_each_change_is_named() -> None:
    before = virtual_service(route(route=split(v1=50, v2=30, v3=20)))
    after = virtual_service(route(route=split(v1=40, v2=30, v3=30)))
    assert sentences([before], [after]) == [
        "helloworld: v3 goes from 20 % to 30 % of requests through istio-ingress, v1 from 50 % to 40 %"
    ]


def test_weights_are_shares_whatever_they_add_up_to() -> None:
    before, after = virtual_service(route(route=split(v1=1, v2=1))), virtual_service(route(route=split(v1=50, v2=50)))
    assert sentences([before], [after]) == []


def test_the_match_is_named_where_there_are_other_routes() -> None:
    before = virtual_service(route("/a", route=split(v1=100)), route(route=split(v1=100)))
    after = virtual_service(route("/a", route=split(v2=100)), route(route=split(v1=100)))
    assert sentences([before], [after]) == [
        "helloworld: requests (path exact /a) through istio-ingress go to v2 instead of v1"
    ]


def test_a_change_of_the_last_route_is_of_the_other_requests() -> None:
    before = virtual_service(route("/a"), route(route=split(v1=50, v2=50)))
    after = virtual_service(route("/a"), route(route=split(v1=40, v2=60)))
    assert sentences([before], [after]) == [
        "helloworld: v2 goes from 50 % to 60 % of the other requests through istio-ingress"
    ]


def test_routes_with_the_same_change_are_one_sentence() -> None:
    before = virtual_service(*(route(path, route=split(v1=50, v2=50)) for path in ("/a", "/b")), route("/c"))
    after = virtual_service(*(route(path, route=split(v1=40, v2=60)) for path in ("/a", "/b")), route("/c"))
    assert sentences([before], [after]) == [
        "helloworld: v2 goes from 50 % to 60 % of requests (path exact /a or path exact /b) through istio-ingress"
    ]


def test_the_name_of_an_object_means_nothing_to_requests() -> None:
    before, after = virtual_service(route("/a"), name="old"), virtual_service(route("/a"), name="new")
    assert sentences([before], [after]) == []


def test_two_objects_for_one_host_are_what_one_object_is() -> None:
    both = virtual_service(route("/a"), route("/b"))
    apart = [virtual_service(route("/a")), virtual_service(route("/b"), name="other")]
    assert sentences([both], apart) == []


def test_a_route_whose_requests_another_takes_alike_is_not_missed() -> None:
    before, after = virtual_service(route("/a"), route()), virtual_service(route())
    assert sentences([before], [after]) == []


def test_requests_that_another_route_takes_are_told_by_where_they_go() -> None:
    before = virtual_service(route("/a", route=split(v1=100)), route(route=split(v2=100)))
    after = virtual_service(route(route=split(v2=100)))
    (found,) = effects([before], [after])
    assert found.text == "requests (path exact /a) through istio-ingress go to v2 instead of v1"
    assert found.hurt is None


def test_a_catch_all_before_a_route_takes_its_requests() -> None:
    specific, rest = route("/a", route=split(v1=100)), route(route=split(v2=100))
    (found,) = effects([virtual_service(specific, rest)], [virtual_service(rest, specific)])
    assert found.hurt is Hurt.INTERRUPTS
    assert "path exact /a" in found.text
    assert "put the more specific one first" in found.advice


def test_a_host_of_its_own_is_no_longer_answered_by_a_wildcards_routes() -> None:
    every = virtual_service(route(route=split(v1=100)), name="every", hosts=("*.example.com",))
    found = effects([every], [every, virtual_service(route("/a", route=split(v2=100)))])
    assert [(each.text, each.hurt) for each in found] == [
        (
            "requests at hello.example.com through istio-ingress that match none of its routes get 404 from now on",
            Hurt.INTERRUPTS,
        ),
        ("requests through istio-ingress go to v2 instead of v1", None),
    ]


@pytest.mark.parametrize("name", ["istio-ingress/istio-ingress", "istio-ingress.istio-ingress.svc.cluster.local"])
def test_every_form_of_a_gateways_name_is_the_same_door(name: str) -> None:
    assert sentences([virtual_service(route())], [virtual_service(route(), gateways=(name,))]) == []


@pytest.mark.parametrize("host", ["helloworld", "helloworld.hello.svc.cluster.local"])
def test_every_form_of_a_host_is_the_same_destination(host: str) -> None:
    assert sentences([virtual_service(route())], [virtual_service(route(route=[to(host)]))]) == []


def test_another_service_is_named() -> None:
    before, after = virtual_service(route()), virtual_service(route(route=[to("web.hello.svc.cluster.local")]))
    assert sentences([before], [after]) == [
        "helloworld: requests through istio-ingress go to web instead of helloworld"
    ]


def test_services_of_one_name_are_told_apart_by_namespace() -> None:
    before, after = virtual_service(route()), virtual_service(route(route=[to("helloworld.other.svc.cluster.local")]))
    assert sentences([before], [after]) == [
        "helloworld: requests through istio-ingress go to helloworld.other instead of helloworld.hello"
    ]


def test_apps_of_one_name_are_told_apart_by_namespace() -> None:
    apps = [
        virtual_service(route(route=split(v1=50, v2=50)), namespace=name, hosts=(f"{name}.example.com",))
        for name in ("one", "two")
    ]
    other = virtual_service(route(route=split(v1=100)), namespace="one", hosts=("one.example.com",))
    found = sentences(apps, [other, apps[1]])
    assert found[0].startswith("one/helloworld: ")


def test_another_port_is_told() -> None:
    before, after = virtual_service(route(route=[to(port=80)])), virtual_service(route(route=[to(port=8080)]))
    assert sentences([before], [after]) == [
        "helloworld: requests through istio-ingress go to helloworld on port 8080 instead of 80"
    ]


def test_a_redirect_in_the_place_of_an_answer_is_told() -> None:
    after = virtual_service(route(redirect={"uri": "/new", "redirectCode": 302}))
    assert sentences([virtual_service(route(route=[to()], timeout="5s"))], [after]) == [
        "helloworld: requests through istio-ingress: redirect 302 to /new instead of helloworld"
    ]


def test_a_match_holds_only_for_the_gateways_that_it_names() -> None:
    bound = ("istio-ingress/istio-ingress", "mesh")
    rest = route(route=split(v1=100))

    def inside(version: str) -> dict[str, Any]:
        match = {"uri": {"exact": "/a"}, "gateways": ["mesh"]}
        only = {"match": [match], "route": [to(subset=version)]}
        return virtual_service(only, rest, hosts=("hello.example.com", "helloworld"), gateways=bound)

    assert sentences([service(), inside("v2")], [service(), inside("v3")]) == [
        "helloworld: requests (path exact /a) inside the mesh go to v3 instead of v2"
    ]


def test_a_host_more_is_told_for_outside_and_for_inside() -> None:
    bound = ("istio-ingress/istio-ingress", "mesh")
    before, after = (
        virtual_service(route(), hosts=(*hosts, "helloworld"), gateways=bound)
        for hosts in (("hello.example.com",), ("hello.example.com", "*.example.org"))
    )
    assert sentences([service(), before], [service(), after]) == [
        "helloworld: reachable through istio-ingress at *.example.org from now on",
        "helloworld: requests for *.example.org inside the mesh go to hello/helloworld instead of outside the mesh",
    ]


def test_a_delegate_is_followed() -> None:
    root = virtual_service(
        {"match": [{"uri": {"prefix": "/a"}}], "delegate": {"name": "inner", "namespace": "hello"}}, name="root"
    )

    def inner(**weights: int) -> dict[str, Any]:
        return virtual_service({"route": split(**weights)}, name="inner", hosts=(), gateways=None)

    assert sentences([root, inner(v1=50, v2=50)], [root, inner(v1=40, v2=60)]) == [
        "inner: v2 goes from 50 % to 60 % of requests through istio-ingress"
    ]


def test_a_delegates_routes_are_treated_as_the_root_says() -> None:
    inner = virtual_service(route(), name="inner", hosts=(), gateways=None)
    handed_on = {"delegate": {"name": "inner", "namespace": "hello"}}
    before, after = (virtual_service({**handed_on, **each}, name="root") for each in ({}, {"timeout": "5s"}))
    assert sentences([before, inner], [after, inner]) == [
        "inner: requests through istio-ingress time out after 5s from now on"
    ]


def test_a_delegate_that_goes_takes_its_routes_with_it() -> None:
    root = virtual_service({"delegate": {"name": "inner"}}, name="root")
    inner = virtual_service(route(), name="inner", hosts=(), gateways=None)
    (found,) = effects([root, inner], [root])
    assert found.sentence == "inner: no longer reachable through istio-ingress at hello.example.com"
    assert found.hurt is Hurt.INTERRUPTS


def test_tcp_and_tls_routes_are_told_too() -> None:
    def passed(version: str) -> dict[str, Any]:
        tls = [{"match": [{"port": 443, "sniHosts": ["hello.example.com"]}], "route": [to(subset=version)]}]
        return virtual_service(tls=tls)

    server = {"port": {"number": 443, "protocol": "TLS"}, "hosts": ["*"], "tls": {"mode": "PASSTHROUGH"}}
    door = {**gateway(), "spec": {"selector": {"istio": "ingress"}, "servers": [server]}}
    (found,) = of_requests([door, passed("v1")], [door, passed("v2")])
    assert found.text == "requests through istio-ingress go to hello/helloworld-v2 instead of hello/helloworld-v1"


def test_what_the_same_says_the_same() -> None:
    before, after = virtual_service(route(route=split(v1=70, v2=30))), virtual_service(route(route=split(v1=20, v2=80)))
    assert effects([before], [after]) == effects([before], [after])
