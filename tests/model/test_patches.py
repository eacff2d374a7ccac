"""What is said of EnvoyFilters, WasmPlugins and CUSTOM authorization: a step, or that the outcome is open?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from fairlead_mesh.model.requests.request import request
from fairlead_mesh.model.traffic.explanation import Explanation, explanation
from tests.fixtures.worlds import istio, world

pytestmark = pytest.mark.mesh


def envoy_filter(applies: str, patch: dict[str, Any], spec: str = "", **match: Any) -> str:
    listed = [{"applyTo": applies, "match": match, "patch": patch}]
    return istio("EnvoyFilter", f"{{{spec}configPatches: {json.dumps(listed)}}}", name="e")


def inserted(name: str) -> dict[str, Any]:
    return {"operation": "INSERT_BEFORE", "value": {"name": f"envoy.filters.http.{name}"}}


def found(objects: str, url: str = "http://web.shop/", caller: str = "shop/client") -> Explanation:
    return explanation(world(objects), request("GET", url, caller=caller))


def texts(said: Explanation) -> str:
    return "\n".join(step.text for each in said.outcomes for step in each.steps)


@pytest.mark.parametrize("name", ["lua", "ext_authz", "ext_proc", "wasm", "rbac", "fault", "somebodys"])
def test_filters_that_may_answer_leave_the_outcome_open(name: str) -> None:
    said = found(envoy_filter("HTTP_FILTER", inserted(name)))
    assert said.open.startswith("EnvoyFilter shop/e changes the proxy of shop/")
    assert f"envoy.filters.http.{name}" in said.open
    assert said.steps


@pytest.mark.parametrize(
    ("name", "words"),
    [("local_ratelimit", "answers 429 to requests over its limit"), ("stats", "no outcome"), ("tap", "no outcome")],
)
def test_filters_that_let_requests_through_are_steps(name: str, words: str) -> None:
    said = found(envoy_filter("HTTP_FILTER", inserted(name)))
    assert not said.open
    assert words in texts(said)


def test_a_limit_that_needs_its_service_says_what_happens_without() -> None:
    needed = inserted("ratelimit")
    needed["value"] |= {"typed_config": {"failure_mode_deny": True}}
    said = found(envoy_filter("HTTP_FILTER", needed))
    assert not said.open
    assert "429 to requests over its limit, and 500 while its service cannot be reached" in texts(said)
    assert "500" not in texts(found(envoy_filter("HTTP_FILTER", inserted("ratelimit"))))


def test_merged_settings_that_no_outcome_depends_on_are_steps() -> None:
    def merged(**config: Any) -> Explanation:
        value = {"typed_config": {"@type": "type.googleapis.com/HttpConnectionManager", **config}}
        return found(envoy_filter("NETWORK_FILTER", {"operation": "MERGE", "value": value}))

    assert "access_log of NETWORK_FILTER changes no outcome" in texts(merged(access_log=[{"name": "x"}]))
    assert not merged(common_http_protocol_options={"idle_timeout": "30s"}).open
    assert merged(common_http_protocol_options={"headers_with_underscores_action": "REJECT_REQUEST"}).open
    assert merged(normalize_path=False).open


@pytest.mark.parametrize(
    ("applies", "value", "words"),
    [
        ("VIRTUAL_HOST", {"rate_limits": [{"actions": []}]}, "a rate limit of VIRTUAL_HOST answers 429"),
        ("HTTP_ROUTE", {"route": {"rate_limits": []}}, "a rate limit of HTTP_ROUTE answers 429"),
        ("HTTP_ROUTE", {"typed_per_filter_config": {"envoy.filters.http.local_ratelimit": {}}}, "answers 429"),
        ("HTTP_ROUTE", {"route": {"rate_limits": [], "timeout": "1s"}}, ""),
        ("VIRTUAL_HOST", {"typed_per_filter_config": {"envoy.filters.http.rbac": {}}}, ""),
        ("ROUTE_CONFIGURATION", {"request_headers_to_add": []}, ""),
    ],
)
def test_rate_limits_of_routes_are_steps_and_what_else_is_merged_is_open(
    applies: str, value: dict[str, Any], words: str
) -> None:
    said = found(envoy_filter(applies, {"operation": "MERGE", "value": value}))
    assert bool(said.open) == (not words)
    assert words in texts(said)


@pytest.mark.parametrize(
    ("applies", "value", "is_open"),
    [("CLUSTER", {"name": "limits"}, False), ("EXTENSION_CONFIG", {"name": "x"}, False),
     ("LISTENER", {"address": {"socket_address": {"port_value": 8080}}}, True),
     ("LISTENER", {"address": {"socket_address": {"port_value": 9999}}}, False)],
)  # fmt: skip
def test_what_is_added_beside_the_way_of_a_request_is_left_alone(
    applies: str, value: dict[str, Any], is_open: bool
) -> None:
    assert bool(found(envoy_filter(applies, {"operation": "ADD", "value": value})).open) == is_open


@pytest.mark.parametrize(
    ("where", "is_open"),
    [
        ({"context": "SIDECAR_INBOUND", "listener": {"portNumber": 8080}}, True),
        ({"context": "SIDECAR_INBOUND", "listener": {"portNumber": 9999}}, False),
        ({"context": "GATEWAY"}, False),
        ({"context": "SIDECAR_OUTBOUND", "listener": {"portNumber": 80}}, True),
    ],
)
def test_a_patch_is_for_its_context_and_port(where: dict[str, Any], is_open: bool) -> None:
    assert bool(found(envoy_filter("HTTP_FILTER", inserted("lua"), **where)).open) == is_open


def test_a_patch_is_for_the_pods_that_it_selects() -> None:
    selecting = "workloadSelector: {labels: {app: orders}}, "
    assert not found(envoy_filter("HTTP_FILTER", inserted("lua"), selecting)).open
    assert found(envoy_filter("HTTP_FILTER", inserted("lua"), selecting), "http://orders.shop:8080/").open


def test_filters_of_http_leave_connections_alone() -> None:
    patch = envoy_filter("HTTP_FILTER", inserted("lua"))
    assert not found(patch, "tcp://db.pay:5432").open
    assert found(envoy_filter("LISTENER", {"operation": "REMOVE"}), "tcp://db.pay:5432").open


@pytest.mark.parametrize(
    ("match", "is_open"),
    [("", True), ("match: [{mode: CLIENT}]", False), ("match: [{mode: SERVER, ports: [{number: 8080}]}]", True),
     ("match: [{ports: [{number: 1}]}]", False)],
)  # fmt: skip
def test_a_plugin_leaves_open_what_passes_it(match: str, is_open: bool) -> None:
    plugin = istio("WasmPlugin", f"{{selector: {{matchLabels: {{app: web}}}}, {match}}}", name="w")
    assert bool(found(plugin.replace("networking", "extensions")).open) == is_open


def test_custom_authorization_is_open_where_a_provider_decides() -> None:
    spec = "{action: CUSTOM, provider: {name: ours}, rules: [{to: [{operation: {paths: [/admin]}}]}]}"
    policy = istio("AuthorizationPolicy", spec, name="ask")
    config = {"extensionProviders": [{"name": "ours"}]}
    asked = [explanation(world(policy, config), request("GET", f"http://web.shop/{path}", caller="shop/client"))
             for path in ("admin", "other")]  # fmt: skip
    assert "the extension provider ours of AuthorizationPolicy shop/ask decides" in asked[0].open
    assert asked[1].statuses == {200: 1.0}
