"""Is the route found that an Envoy takes? Each request is sent to a real one, whose answers name their routes."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from fairlead.verify.envoy.envoy_config import Route, RouteTable, route_tables
from fairlead.verify.envoy.envoy_routes import first_match, is_catch_all, virtual_host
from fairlead_mesh.model.requests.request import request
from tests.fixtures.live.envoy_proxy import envoy

pytestmark = pytest.mark.process

DOMAINS = [["a.example.com"], ["*.example.com"], ["*.b.example.com"], ["hello.*"], ["hello.long.*"], ["*"]]
HOSTS = [
    "a.example.com",
    "x.example.com",
    "x.b.example.com",
    "hello.org",
    "hello.long.org",
    "else.org",
    "A.Example.com",
]
HOSTS += ["a.example.com:81"]


def header(name: str, **how: Any) -> dict[str, Any]:
    return {"prefix": "/h", "headers": [{"name": name, **how}]}


MATCHES: list[dict[str, Any]] = [
    {"path": "/exact"},
    {"path": "/Upper", "case_sensitive": False},
    {"path_separated_prefix": "/sep"},
    {"safe_regex": {"regex": "/r[0-9]+"}},
    header("x-a", string_match={"exact": "1"}),
    header("x-a", string_match={"prefix": "pre"}),
    header("x-a", string_match={"suffix": "Suf", "ignore_case": True}),
    header("x-a", string_match={"contains": "mid"}),
    header("x-a", string_match={"safe_regex": {"regex": "[a-c]+"}}),
    header("x-b", present_match=True),
    header(":method", string_match={"exact": "POST"}),
    header("x-c", string_match={"exact": "no"}, invert_match=True),
    header("x-d", string_match={"exact": "no"}, invert_match=True, treat_missing_header_as_empty=True),
    {"prefix": "/q", "query_parameters": [{"name": "v", "string_match": {"exact": "2"}}]},
    {"prefix": "/q", "query_parameters": [{"name": "p", "present_match": True}]},
    {"prefix": "/pre"},
]
PATHS = ["/exact", "/exact/", "/EXACT", "/upper", "/sep", "/sep/x", "/separate", "/r12", "/r12x", "/h", "/q", "/q?v=2"]
PATHS += ["/q?v=3&v=2", "/q?p", "/q?p=", "/prefix", "/none"]
HEADERS: list[dict[str, str]] = [
    {},
    {"x-a": "1"},
    {"x-a": "prefix"},
    {"x-a": "asuf"},
    {"x-a": "a-mid-b"},
    {"x-a": "abc"},
]
HEADERS += [{"x-b": ""}, {"x-b": "1"}, {"x-c": "no"}, {"x-c": "yes"}, {"x-d": "no"}, {"x-d": "yes"}]
NOT_FOUND = 404


def routes(status: int) -> list[dict[str, Any]]:
    return [
        {"name": f"{status + number}", "match": match, "direct_response": {"status": status + number}}
        for number, match in enumerate(MATCHES)
    ]


def taken(table: RouteTable, host: str, path: str, headers: dict[str, str]) -> int:
    asked = request("GET", f"http://{host}{path}", headers={**headers, "host": host})
    found = virtual_host(table, host)
    assert found is not None
    assert not is_catch_all(found)
    route: Route | None = first_match(found.routes, asked)
    return int(route.name) if route else NOT_FOUND


@pytest.mark.parametrize("ignores_port", [True, False])
def test_virtual_hosts_are_chosen_as_envoy_does(tmp_path: Path, *, ignores_port: bool) -> None:
    made = [
        {"name": f"h{number}", "domains": domains, "routes": [dict(routes(500 + number)[0], match={"prefix": "/"})]}
        for number, domains in enumerate(DOMAINS)
    ]
    with envoy(tmp_path, made, {}, table={"ignore_port_in_host_matching": ignores_port}) as proxy:
        (table,) = route_tables(proxy.get("/config_dump"))
        assert {each: taken(table, each, "/", {}) for each in HOSTS} == {
            each: proxy.status("/", each) for each in HOSTS
        }
        assert len({taken(table, each, "/", {}) for each in HOSTS}) == len(DOMAINS)


def test_routes_are_chosen_as_envoy_does(tmp_path: Path) -> None:
    made = [{"name": "all", "domains": ["*"], "routes": routes(510)}]
    with envoy(tmp_path, made, {}) as proxy:
        (table,) = route_tables(proxy.get("/config_dump"))
        asked = [(path, headers) for path, headers in product(PATHS, HEADERS) if not headers or path == "/h"]
        ours = {(path, *headers.items()): taken(table, "x", path, headers) for path, headers in asked}
        real = {(path, *headers.items()): proxy.status(path, "x", **headers) for path, headers in asked}
    assert ours == real
    # Whatever is not POST reaches every route but that one.
    assert len(set(real.values())) == len(MATCHES) - 1 + len([NOT_FOUND])
