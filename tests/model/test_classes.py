"""Is each class of requests that is treated differently found, by one request, and no other?"""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.differing import asked, told
from tests.fixtures.routing_objects import HELLO, deployment, gateway, route, rule, service, split, to, virtual_service

pytestmark = pytest.mark.mesh

V1, V2 = "200 from hello/helloworld-v1", "200 from hello/helloworld-v2"
AT = "internet GET http://hello.example.com"


def matching(match: dict[str, Any], **weights: int) -> dict[str, Any]:
    return {"match": [match], "route": split(**weights)}


def test_a_weight_is_told_by_a_request_that_its_route_takes() -> None:
    before = virtual_service(route("/a", route=split(v1=70, v2=30)), route(route=split(v1=100)))
    after = virtual_service(route("/a", route=split(v1=20, v2=80)), route(route=split(v1=100)))
    assert told([gateway(), before], [gateway(), after]) == [f"{AT}/a: 30 % {V2}, 70 % {V1} -> 20 % {V1}, 80 % {V2}"]


def test_another_name_of_an_object_is_no_difference() -> None:
    before, after = virtual_service(route("/a"), name="old"), virtual_service(route("/a"), name="new")
    found = asked([gateway(), before], [gateway(), after])
    assert (found.differences, found.open) == ([], {})


def test_requests_that_a_wider_route_takes_alike_are_no_difference() -> None:
    before, after = virtual_service(route("/a"), route()), virtual_service(route())
    assert told([gateway(), before], [gateway(), after]) == []


def test_what_no_route_takes_any_more_is_found_beside_what_another_route_takes() -> None:
    before = virtual_service(matching({"uri": {"prefix": "/api"}}, v1=100), matching({"uri": {"prefix": "/"}}, v2=100))
    after = virtual_service(matching({"uri": {"prefix": "/api/"}}, v1=100), matching({"uri": {"prefix": "/"}}, v2=100))
    assert told([gateway(), before], [gateway(), after]) == [f"{AT}/api: {V1} -> {V2}"]


def test_headers_and_methods_are_told_apart() -> None:
    canary = {"headers": {"x-canary": {"exact": "yes"}}, "method": {"exact": "POST"}}
    before, after = virtual_service(route(route=split(v1=100))), virtual_service(
        matching(canary, v2=100), route(route=split(v1=100))
    )  # fmt: skip
    assert told([gateway(), before], [gateway(), after]) == [
        f"internet POST http://hello.example.com/ x-canary=yes: {V1} -> {V2}"
    ]


def test_a_header_that_must_be_missing_is_told_apart() -> None:
    without = {"withoutHeaders": {"user": {}}}
    before = virtual_service(matching(without, v1=100), route(route=split(v1=100)))
    after = virtual_service(matching(without, v1=100), route(route=split(v2=100)))
    assert told([gateway(), before], [gateway(), after]) == [f"{AT}/ user=any: {V1} -> {V2}"]


def test_what_is_left_of_a_regular_expression_is_found() -> None:
    before = virtual_service(
        matching({"uri": {"regex": "/v[0-9]/.*"}}, v1=100), matching({"uri": {"regex": "/v[0-9a]/x"}}, v2=100)
    )
    after = virtual_service(matching({"uri": {"regex": "/v[0-9]/.*"}}, v1=100))
    assert told([gateway(), before], [gateway(), after]) == [f"{AT}/va/x: {V2} -> 404"]


def test_a_rewrite_is_followed_to_the_policies_behind_it() -> None:
    def policy(path: str) -> dict[str, Any]:
        spec = {"action": "DENY", "rules": [{"to": [{"operation": {"paths": [path]}}]}]}
        metadata = {"name": "deny", "namespace": "hello"}
        return {"apiVersion": "security.istio.io/v1", "kind": "AuthorizationPolicy", "metadata": metadata, "spec": spec}

    rewriting = {"match": [{"uri": {"prefix": "/shop/"}}], "rewrite": {"uri": "/"}, "route": [to()]}
    around = [gateway(), service(), virtual_service(rewriting)]
    found = told([*around, policy("/none")], [*around, policy("/admin")])
    assert f"{AT}/shop/admin: 200 from hello/helloworld -> 403" in found
    assert len([each for each in found if each.startswith("internet")]) == 2  # and the path that was denied before


def test_inside_the_mesh_the_last_route_that_goes_leaves_the_service() -> None:
    inside = virtual_service(route("/a", route=split(v1=100)), hosts=(HELLO,), gateways=None)
    found = told([service(), rule("v1", "v2"), inside], [service(), rule("v1", "v2")])
    assert len(found) == 2
    assert f"hello/any-client GET http://{HELLO}/: 404 -> 50 % {V1}, 50 % {V2}" in found


def test_subsets_are_pods_of_their_labels() -> None:
    around = [gateway(), service(), deployment("v1"), deployment("v2"), virtual_service(route(route=split(v2=100)))]
    found = told([*around, rule("v1", "v2")], [*around, rule("v1", "v2", labels={"version": "v3"})])
    assert found[0] == f"{AT}/: {V2} -> 503"


def test_many_disjoint_paths_are_as_many_classes_and_not_their_product() -> None:
    def paths(number: int, share: int) -> dict[str, Any]:
        return virtual_service(
            *(matching({"uri": {"prefix": f"/app-{n}/"}}, v1=100 - share, v2=share) for n in range(number))
        )

    numbers = [len(asked([gateway(), paths(n, 10)], [gateway(), paths(n, 20)]).differences) for n in (10, 40)]
    assert numbers == [10, 40]


@pytest.mark.scale
def test_classes_grow_as_apps_do_and_few_of_them_are_asked_about_for_one_app() -> None:
    def apps(number: int, *shares: int) -> list[dict[str, Any]]:
        routes = [route(route=split(v1=100 - share, v2=share)) for share in [*shares, *[30] * (number - len(shares))]]
        named = (virtual_service(each, name=f"app-{n}", hosts=(f"{n}.example.com",)) for n, each in enumerate(routes))
        return [gateway(), *named]

    assert [asked(apps(n), apps(n, *[80] * n)).asked for n in (10, 100)] == [10, 100]
    assert asked(apps(300), apps(300, 80)).asked == 1


@pytest.mark.scale
def test_overlapping_expressions_end_as_not_decided() -> None:
    def expressions(subset: str) -> dict[str, Any]:
        return virtual_service(*(matching({"uri": {"regex": f".*a.{{{n}}}b.*"}}, **{subset: 100}) for n in range(12)))

    found = asked([gateway(), expressions("v1")], [gateway(), expressions("v2")])
    assert [*found.open] == ["the regular expressions here overlap in too many ways to tell their requests apart"]
