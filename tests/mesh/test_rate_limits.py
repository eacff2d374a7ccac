"""Which requests does a local rate limit count, and what does external authorization come to?"""

from __future__ import annotations

import re
from typing import Any

import pytest

from fairlead_mesh.config import Config
from fairlead_mesh.lint.stack.stack_lint import stack_findings
from fairlead_mesh.policies import policies

pytestmark = pytest.mark.mesh

SHOP: dict[str, Any] = {
    "name": "shop",
    "port": 80,
    "external": {"labels": {"app": "shop"}},
    "serviceAccount": "shopper",
}


def config(*apps: dict[str, Any], **keys: Any) -> Config:
    return Config.model_validate({"cluster": {"kubeconfig": {"context": "kind"}}, "apps": list(apps), **keys})


def route_of(*limits: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """What is merged into every route."""
    (item,) = policies(config(SHOP | {"rateLimits": list(limits)}, **keys))
    assert [str(each["applyTo"]) for each in item.spec["configPatches"]] == ["HTTP_FILTER", "HTTP_ROUTE"]
    return item.spec["configPatches"][1]["patch"]["value"]


def actions_of(*limits: dict[str, Any]) -> list[dict[str, Any]]:
    """What gives requests their descriptors."""
    (settings,) = route_of(*limits)["typed_per_filter_config"].values()
    return settings["rate_limits"]


def counted(limit: dict[str, Any], header: str, value: str) -> bool:
    """Whether a header with this value meets its condition."""
    (entry,) = actions_of(limit | {"requests": 5, "unit": "second"})
    (found,) = [each for each in entry["actions"][0]["header_value_match"]["headers"] if each["name"] == header]
    return re.fullmatch(found["string_match"]["safe_regex"]["regex"], value) is not None


def test_each_limit_has_a_bucket_of_its_own_unit_and_one_descriptor() -> None:
    route = route_of({"requests": 100, "unit": "second"}, {"requests": 3, "unit": "hour", "paths": ["/a"]})
    (settings,) = route["typed_per_filter_config"].values()
    assert [each["entries"] for each in settings["descriptors"]] == [
        [{"key": "limit", "value": "0"}],
        [{"key": "limit", "value": "1"}],
    ]
    buckets = [each["token_bucket"] for each in settings["descriptors"]]
    assert buckets == [
        {"max_tokens": 100, "tokens_per_fill": 100, "fill_interval": "1s"},
        {"max_tokens": 3, "tokens_per_fill": 3, "fill_interval": "3600s"},
    ]
    actions = [each["actions"][0] for each in settings["rate_limits"]]
    assert actions[0] == {"generic_key": {"descriptor_key": "limit", "descriptor_value": "0"}}
    assert actions[1]["header_value_match"]["descriptor_value"] == "1"


def test_proxies_of_older_versions_read_the_descriptors_from_their_routes() -> None:
    limit = {"requests": 1, "unit": "second"}
    old = route_of(limit, istio={"version": "1.25.0"})
    (settings,) = old["typed_per_filter_config"].values()
    assert old["route"]["rate_limits"] == actions_of(limit)
    assert "rate_limits" not in settings
    assert "route" not in route_of(limit, istio={"version": "1.26.0"})


@pytest.mark.parametrize(
    ("path", "is_counted"),
    [("/login", True), ("/login?next=/", True), ("/loginx", False), ("/api/v1", True), ("/api", False), ("/a.b", True)],
)
def test_paths_are_matched_as_in_policies_whatever_the_query(path: str, is_counted: bool) -> None:
    assert counted({"paths": ["/login", "/api/*", "/a.b"]}, ":path", path) is is_counted
    assert not counted({"paths": ["/a.b"]}, ":path", "/aXb")


def test_a_client_is_known_by_the_certificate_that_the_proxy_has_checked() -> None:
    value = "By=spiffe://cluster.local/ns/default/sa/other;Hash=1;URI=spiffe://cluster.local/ns/default/sa/{}"
    assert counted({"client": "shop"}, "x-forwarded-client-cert", value.format("shopper"))
    assert not counted({"client": "shop"}, "x-forwarded-client-cert", value.format("shopper-2"))


def test_methods_and_headers_share_a_limit() -> None:
    assert counted({"methods": ["GET", "POST"]}, ":method", "POST")
    assert counted({"headers": {"user-agent": ["curl/*"]}}, "user-agent", "curl/8.1")
    assert not counted({"headers": {"user-agent": ["curl/*"]}}, "user-agent", "not curl/8.1")


OPA = {"name": "opa", "service": "opa.opa.svc.cluster.local", "port": 9191}


def test_an_authorizer_is_a_provider_and_a_custom_policy() -> None:
    asked = config(
        SHOP | {"authorizer": {"name": "opa", "exceptPaths": ["/health"]}, "dryRun": True}, istio={"authorizers": [OPA]}
    )
    (provider,) = asked.extension_providers
    assert provider["envoyExtAuthzGrpc"] == {
        "service": "opa.opa.svc.cluster.local",
        "port": 9191,
        "timeout": "1s",
        "failOpen": False,
    }
    (item,) = policies(asked)
    assert (item.spec["action"], item.spec["provider"]) == ("CUSTOM", {"name": "opa"})
    assert item.spec["rules"] == [{"to": [{"operation": {"notPaths": ["/health"]}}]}]
    assert "annotations" not in item.metadata, "Istio tries no CUSTOM policy"


def test_an_authorizer_of_plain_http_says_which_headers_it_gets() -> None:
    http = OPA | {"protocol": "http", "headers": ["cookie"], "headersToApp": ["x-user"]}
    (provider,) = config(istio={"authorizers": [http]}).extension_providers
    assert provider["envoyExtAuthzHttp"]["includeRequestHeadersInCheck"] == ["cookie"]
    assert provider["envoyExtAuthzHttp"]["headersToUpstreamOnAllow"] == ["x-user"]


def test_an_authorizer_that_the_mesh_does_not_have_is_found_at_its_key() -> None:
    found = stack_findings(config(SHOP | {"authorizer": "opa"}, istio={"mtls": "strict"}), []).errors
    assert [(each.rule, each.path) for each in found] == [
        ("authorizers_are_known_to_the_mesh", ("apps", 0, "authorizer"))
    ]
