"""Is it told which apps can be reached from where, and which no longer?"""

from __future__ import annotations

import pytest

from fairlead.effects.effect import Hurt
from tests.fixtures.route_effects import effects, of_requests, sentences
from tests.fixtures.routing_objects import deployment, gateway, route, rule, service, split, virtual_service

pytestmark = pytest.mark.mesh


def test_a_new_app_is_told_with_its_way_in() -> None:
    found = effects([], [virtual_service(route("/hello", route=split(v1=70, v2=30)))])
    assert [each.sentence for each in found] == [
        "helloworld: reachable through istio-ingress at hello.example.com, path exact /hello from now on: "
        "v1 70 %, v2 30 %"
    ]
    assert found[0].hurt is None


def test_to_let_in_what_was_inside_is_a_risk() -> None:
    (found,) = effects([service()], [service(), virtual_service(route("/hello"))])
    assert found.hurt is Hurt.EXPOSES
    assert found.advice


def test_a_removed_route_is_a_risk() -> None:
    before, after = virtual_service(route("/a"), route("/b")), virtual_service(route("/a"))
    (found,) = effects([before], [after])
    assert found.sentence == "helloworld: no longer reachable through istio-ingress at hello.example.com, path exact /b"
    assert found.hurt is Hurt.INTERRUPTS


def test_a_gateway_that_goes_is_one_sentence_for_all_apps() -> None:
    apps = [virtual_service(route(), name=f"app-{n}", hosts=(f"app-{n}.example.com",)) for n in range(200)]
    found = of_requests([gateway(), *apps], apps)
    assert [each.sentence for each in found] == [
        "app-0, app-1, app-10 and 197 others: no longer reachable through istio-ingress"
    ]
    assert found[0].hurt is Hurt.INTERRUPTS


def test_a_gateway_that_hears_another_host_closes_the_door() -> None:
    app = virtual_service(route())
    found = of_requests([gateway("*"), app], [gateway("other.example.com"), app])
    assert [each.text for each in found] == ["no longer reachable through istio-ingress at hello.example.com"]


def test_routes_that_the_gateways_namespace_may_not_see_are_not_there() -> None:
    assert sentences([virtual_service(route())], [virtual_service(route(), exportTo=["istio-ingress"])]) == []
    assert sentences([virtual_service(route())], [virtual_service(route(), exportTo=["."])]) == [
        "helloworld: no longer reachable through istio-ingress at hello.example.com"
    ]


def test_a_gateway_of_somebody_else_is_an_open_door() -> None:
    before, after = virtual_service(route(route=split(v1=100))), virtual_service(route(route=split(v2=100)))
    found = of_requests([before], [after])
    assert [each.text for each in found] == ["requests through istio-ingress go to v2 instead of v1"]


def test_a_first_route_inside_the_mesh_leaves_the_other_requests_without() -> None:
    around = [service(), rule("v1"), deployment("v1"), deployment("v2")]
    mesh = virtual_service(route("/a", route=split(v1=100)), hosts=("helloworld",), gateways=None)
    found = effects([*around], [*around, mesh])
    assert [each.text for each in found] == [
        "requests at helloworld.hello inside the mesh that match none of its routes get 404 from now on",
        "requests inside the mesh: v1 instead of all pods of its Service",
    ]
    assert found[0].hurt is Hurt.INTERRUPTS


def test_a_new_app_inside_the_mesh_is_named_by_its_service() -> None:
    mesh = virtual_service(route("/a", route=split(v1=100)), name="inside", hosts=("helloworld",), gateways=("mesh",))
    assert sentences([], [service(), mesh]) == [
        "helloworld: reachable inside the mesh at helloworld.hello, path exact /a from now on: v1"
    ]


def test_another_path_inside_the_mesh_leaves_the_old_one_without() -> None:
    before, after = (virtual_service(route(path), hosts=("helloworld",), gateways=None) for path in ("/a", "/b"))
    assert [(each.text, each.hurt) for each in effects([service(), before], [service(), after])] == [
        ("requests (path exact /a) inside the mesh get 404 from now on", Hurt.INTERRUPTS),
        ("requests (path exact /b) inside the mesh: helloworld instead of 404", None),
    ]


def test_a_route_inside_the_mesh_that_does_what_the_service_does_is_not_told() -> None:
    mesh = virtual_service(route(), hosts=("helloworld",), gateways=("mesh",))
    assert sentences([service()], [service(), mesh]) == []


def test_an_app_without_its_service_is_not_reachable_inside_the_mesh() -> None:
    mesh = virtual_service(route(), hosts=("helloworld",), gateways=("mesh",))
    assert sentences([service(), mesh], []) == [
        "Service hello/helloworld: deleted",
        "helloworld: no longer reachable inside the mesh at helloworld.hello",
    ]
