"""What do headers, CORS, faults, mirrors and answers of a proxy's own become, and what do they do to a request?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.apps.app import App
from fairlead_mesh.routing.virtual_service import virtual_services
from tests.fixtures.stacks.asked_apps import asked

pytestmark = pytest.mark.mesh

TWO = [{"name": "v1"}, {"name": "v2"}]


def routes(**keys: Any) -> list[dict[str, Any]]:
    app = App.model_validate({"name": "shop", "port": 80, "versions": TWO, **keys})
    return [route for each in virtual_services(app, {}) for route in each["spec"]["http"]]


def test_headers_and_cors_of_the_app_hold_for_answers_of_the_proxy_too() -> None:
    headers = {"response": {"set": {"cache-control": "no-store"}, "remove": ["server"]}}
    found = routes(
        headers=headers,
        corsPolicy={"allowOrigins": ["https://a.example.com", {"prefix": "https://b."}], "maxAge": "1h"},
        routes=[{"redirect": {"uri": "/new"}}, {"directResponse": {"status": 404, "body": "gone"}}, {}],
    )
    assert [each["headers"] for each in found] == [headers] * 3
    cors = {"allowOrigins": [{"exact": "https://a.example.com"}, {"prefix": "https://b."}], "maxAge": "1h"}
    assert [each["corsPolicy"] for each in found] == [cors] * 3
    assert found[1]["directResponse"] == {"status": 404, "body": {"string": "gone"}}
    assert "route" not in found[1]


def test_a_mirror_is_a_destination_with_a_percentage() -> None:
    (route,) = routes(routes=[{"weights": {"v1": 100}, "mirror": {"version": "v2", "percentage": 10}}])
    assert route["mirror"] == {"host": "shop.default.svc.cluster.local", "port": {"number": 80}, "subset": "v2"}
    assert route["mirrorPercentage"] == {"value": 10}


def test_faults_are_of_a_part_of_the_requests() -> None:
    fault = {
        "delay": {"percentage": 5, "fixedDelay": "7s"},
        "abort": {"percentage": 10, "grpcStatus": "UNAVAILABLE"},
        "inProtectedStack": True,
    }
    (route,) = routes(routes=[{"fault": fault}])
    assert route["fault"] == {
        "delay": {"percentage": {"value": 5}, "fixedDelay": "7s"},
        "abort": {"percentage": {"value": 10}, "grpcStatus": "UNAVAILABLE"},
    }


def test_a_route_leaves_requests_with_a_header_to_the_next() -> None:
    keys = {
        "routes": [
            {"match": [{"withoutHeaders": {"x-key": {"regex": ".+"}}}], "directResponse": {"status": 401}},
            {"match": [{"withoutHeaders": {"x-key": "old"}}], "directResponse": {"status": 204}},
            {},
        ],
    }
    assert asked(keys, "/").statuses == {401: 1.0}
    assert asked(keys, "/", headers={"x-key": "new"}).statuses == {204: 1.0}
    assert asked(keys, "/", headers={"x-key": "old"}).answered == {"default/shop": 1.0}


def test_explain_says_what_becomes_of_the_requests_of_each_route() -> None:
    keys = {
        "versions": TWO,
        "routes": [
            {"match": [{"uri": "/slow"}], "fault": {"delay": {"percentage": 100, "fixedDelay": "7s"}}},
            {"match": [{"uri": "/broken"}], "fault": {"abort": {"percentage": 25, "httpStatus": 503}}},
            {"match": [{"uri": "/gone"}], "directResponse": {"status": 410, "body": "gone"}},
            {"weights": {"v1": 100}, "mirror": {"version": "v2", "percentage": 50}, "headers": {
                "request": {"set": {"x-stage": "beta"}}}},
        ],
    }  # fmt: skip
    assert asked(keys, "/slow").constant("seconds") == 7
    assert asked(keys, "/broken").statuses == {503: 0.25, 200: 0.75}
    assert (asked(keys, "/gone").statuses, asked(keys, "/gone").constant("body")) == ({410: 1.0}, "gone")
    found = asked(keys, "/")
    assert found.answered == {"default/shop-v1": 1.0}
    assert found.received == {"default/shop-v1": 1.0, "default/shop-v2": 0.5}
    assert found.constant("seen")["headers"]["x-stage"] == "beta"
