"""What does a route become? Conditions, destinations with their weights, rewrites and redirects."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.apps.app import App
from fairlead_mesh.routing.expected_split import expected_split
from fairlead_mesh.routing.virtual_service import virtual_services

pytestmark = pytest.mark.mesh

SHOP = "shop.default.svc.cluster.local"
TWO = [{"name": "v1"}, {"name": "v2"}]


def app(**keys: Any) -> App:
    return App.model_validate({"name": "shop", "port": 80, **keys})


def routes(*given: dict[str, Any], **keys: Any) -> list[dict[str, Any]]:
    (service,) = virtual_services(app(routes=list(given), **keys), {})
    return service["spec"]["http"]


def route(given: dict[str, Any], **keys: Any) -> dict[str, Any]:
    (only,) = routes(given, **keys)
    return only


def to(subset: str | None = None, host: str = SHOP) -> dict[str, Any]:
    return {"destination": {"host": host, "port": {"number": 80}} | ({"subset": subset} if subset else {})}


def test_weights_keep_the_order_of_the_file() -> None:
    split = route({"weights": {"v2": 30, "v1": 70}}, versions=TWO)["route"]
    assert split == [to("v2") | {"weight": 30}, to("v1") | {"weight": 70}]


def test_a_version_with_no_share_is_still_there_so_that_it_can_get_one() -> None:
    split = route({"weights": {"v1": 100, "v2": 0}}, versions=TWO)["route"]
    assert [destination["weight"] for destination in split] == [100, 0]


def test_a_single_version_takes_all_without_a_weight() -> None:
    assert route({"weights": {"v2": 100}}, versions=TWO) == {"route": [to("v2")]}


def test_a_route_without_weights_goes_to_the_apps_service() -> None:
    assert route({}, versions=TWO, service="shop-stable") == {
        "route": [to(host="shop-stable.default.svc.cluster.local")]
    }


def test_a_version_with_a_service_of_its_own_is_that_host_and_no_subset() -> None:
    versions = [{"name": "v1", "service": "shop-v1"}, {"name": "v2"}]
    split = route({"weights": {"v1": 60, "v2": 40}}, versions=versions, namespace="web")["route"]
    assert [each["destination"] for each in split] == [
        {"host": "shop-v1.web.svc.cluster.local", "port": {"number": 80}},
        {"host": "shop.web.svc.cluster.local", "port": {"number": 80}, "subset": "v2"},
    ]


def test_routes_keep_the_order_of_the_file_as_the_first_that_fits_is_taken() -> None:
    first, second = routes({"match": [{"uri": {"exact": "/b"}}]}, {"match": [{"uri": {"prefix": "/a"}}]})
    assert first["match"] == [{"uri": {"exact": "/b"}}]
    assert second["match"] == [{"uri": {"prefix": "/a"}}]


def test_a_match_says_path_method_headers_and_query_as_istio_does() -> None:
    match = {
        "uri": {"regex": "/v[0-9]+/.*"},
        "method": "POST",
        "headers": {"x-beta": {"prefix": "on"}, "end-user": "jason"},
        "queryParams": {"debug": {"exact": "1"}, "a": {"regex": ".+"}},
    }
    (rendered,) = route({"match": [match]})["match"]
    assert rendered == {
        "uri": {"regex": "/v[0-9]+/.*"},
        "method": {"exact": "POST"},
        "headers": {"end-user": {"exact": "jason"}, "x-beta": {"prefix": "on"}},
        "queryParams": {"a": {"regex": ".+"}, "debug": {"exact": "1"}},
    }
    assert list(rendered["headers"]) == ["end-user", "x-beta"]


def test_conditions_of_one_match_stay_together_and_matches_are_alternatives() -> None:
    rendered = route({"match": [{"uri": {"exact": "/a"}, "method": "GET"}, {"uri": {"exact": "/b"}}]})["match"]
    assert rendered == [{"uri": {"exact": "/a"}, "method": {"exact": "GET"}}, {"uri": {"exact": "/b"}}]


def test_a_rewrite_stands_beside_the_destination() -> None:
    rendered = route({"match": [{"uri": {"prefix": "/shop"}}], "rewrite": {"uri": "/", "authority": "shop.internal"}})
    assert rendered["rewrite"] == {"uri": "/", "authority": "shop.internal"}
    assert rendered["route"] == [to()]
    assert route({"rewrite": {"uri": "/"}})["rewrite"] == {"uri": "/"}


def test_a_redirect_stands_in_place_of_the_destination() -> None:
    rendered = route({"redirect": {"scheme": "https", "authority": "shop.example.com", "redirectCode": 308}})
    assert rendered == {"redirect": {"scheme": "https", "authority": "shop.example.com", "redirectCode": 308}}
    assert route({"redirect": {"uri": "/new"}})["redirect"] == {"uri": "/new", "redirectCode": 301}


@pytest.mark.parametrize(
    ("given", "requests", "goes_to"),
    [
        ({}, "all", "shop 100 %"),
        ({"weights": {"v1": 70, "v2": 30}}, "all", "v1 70 %, v2 30 %"),
        ({"weights": {"v1": 0, "v2": 100}}, "all", "v2 100 %"),
        ({"match": [{"uri": {"exact": "/a"}}, {"method": "GET"}]}, "path exact /a or GET", "shop 100 %"),
        (
            {"match": [{"headers": {"a": "b"}, "queryParams": {"q": {"regex": "."}}}]},
            "header a exact b, query parameter q regex .",
            "shop 100 %",
        ),
        ({"redirect": {"scheme": "https", "uri": "/x"}}, "all", "redirect 301 to https://<same host>/x"),
        ({"redirect": {"authority": "b.com", "redirectCode": 302}}, "all", "redirect 302 to b.com"),
    ],
)
def test_the_expected_split_says_in_words_what_a_route_does(given: dict[str, Any], requests: str, goes_to: str) -> None:
    assert expected_split(app(versions=TWO, routes=[given])) == [{"requests": requests, "to": goes_to}]


def test_an_app_without_routes_still_says_where_its_requests_go() -> None:
    assert expected_split(app(service="shop-stable")) == [{"requests": "all", "to": "shop-stable 100 %"}]


def test_a_prefix_that_becomes_a_slash_takes_whole_path_segments_only() -> None:
    matched = {"match": [{"uri": {"prefix": "/shop"}, "method": "GET"}], "rewrite": {"uri": "/"}}
    assert route(matched)["match"] == [
        {"uri": {"prefix": "/shop/"}, "method": {"exact": "GET"}},
        {"uri": {"exact": "/shop"}, "method": {"exact": "GET"}},
    ]


def test_a_prefix_stays_as_it_is_where_both_or_neither_end_in_a_slash() -> None:
    for prefix, rewritten in (("/shop/", "/"), ("/shop", "/store")):
        matched = {"match": [{"uri": {"prefix": prefix}}], "rewrite": {"uri": rewritten}}
        assert route(matched)["match"] == [{"uri": {"prefix": prefix}}]
