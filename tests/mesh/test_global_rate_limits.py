"""How are requests counted for all pods together, by whom, and who may ask?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.config import Config
from fairlead_mesh.egress.call_scope import call_scope
from fairlead_mesh.limits.limit_descriptors import service_file
from fairlead_mesh.limits.rate_limit_objects import rate_limit_objects
from fairlead_mesh.policies import policies
from fairlead_mesh.stack import well_formed

pytestmark = pytest.mark.mesh

LIMIT: dict[str, Any] = {"scope": "global", "requests": 5, "unit": "minute"}
SHOP: dict[str, Any] = {
    "name": "shop",
    "namespace": "store",
    "port": 80,
    "external": {"labels": {"app": "shop"}},
    "serviceAccount": "shopper",
}
EDGE: dict[str, Any] = {"name": "istio-ingress", "expose": "nodePort"}
CLUSTER = "outbound|8081||rate-limit.rate-limit.svc.cluster.local"


def config(*limits: dict[str, Any], app: dict[str, Any] = SHOP, **keys: Any) -> Config:
    counting = {"failOpen": False} | keys.pop("service", {})
    apps = [app | ({"rateLimits": list(limits)} if limits else {})]
    kind = {"kubeconfig": {"context": "kind"}}
    return well_formed({"cluster": kind, "apps": apps, "rateLimitService": counting, **keys})


def filters(said: Config) -> dict[str, dict[str, Any]]:
    return {item.name: item.spec for item in policies(said) if item.kind == "EnvoyFilter"}


def objects(said: Config) -> dict[tuple[str, str], dict[str, Any]]:
    return {(each["kind"], each["metadata"]["name"]): each for each in rate_limit_objects(said)}


def container_of(said: Config, name: str = "rate-limit") -> dict[str, Any]:
    return objects(said)["Deployment", name]["spec"]["template"]["spec"]["containers"][0]


def test_a_proxy_asks_the_service_before_its_router_and_knows_what_to_do_without_an_answer() -> None:
    for fails_open, timeout in ((True, "250ms"), (False, "1s")):
        said = config(LIMIT, service={"failOpen": fails_open, "timeout": timeout, "domain": "dev"})
        inserted, merged = filters(said)["shop-rate-limit-global"]["configPatches"]
        settings = inserted["patch"]["value"]["typed_config"]
        before = inserted["match"]["listener"]["filterChain"]["filter"]["subFilter"]["name"]
        assert before == "envoy.filters.http.router"
        assert settings["failure_mode_deny"] is not fails_open
        assert settings["timeout"] == {"250ms": "0.25s", "1s": "1s"}[timeout]
        assert settings["domain"] == "dev"
        assert settings["rate_limit_service"]["grpc_service"]["envoy_grpc"]["cluster_name"] == CLUSTER
        (limit,) = merged["patch"]["value"]["route"]["rate_limits"]
        assert limit["stage"] == settings["stage"] != 0, "local limits are of stage 0"


@pytest.mark.parametrize(
    ("by", "action"),
    [
        ({"header": "x-key"}, {"header_name": "x-key", "descriptor_key": "by", "skip_if_absent": True}),
        ("user", {"header_name": "x-name", "descriptor_key": "by", "skip_if_absent": True}),
        ("address", {}),
    ],
)
def test_each_client_is_counted_apart_by_what_the_limit_says(by: Any, action: dict[str, Any]) -> None:
    said = config(LIMIT | {"by": by}, clients={"userHeader": "x-name"})
    (limit,) = filters(said)["shop-rate-limit-global"]["configPatches"][1]["patch"]["value"]["route"]["rate_limits"]
    first, second = limit["actions"]
    assert first == {"generic_key": {"descriptor_key": "limit", "descriptor_value": "app/store/shop/0"}}
    assert second == {"remote_address" if by == "address" else "request_headers": action}


def test_the_service_reads_the_same_descriptors_and_counts_requests_without_the_header_together() -> None:
    limits = [{"requests": 1, "unit": "day"}, LIMIT | {"by": {"header": "x-key"}}, LIMIT | {"by": "address"}, LIMIT]
    assert service_file(config(*limits), "dev").splitlines() == [
        'domain: "dev"',
        "descriptors:",
        "- key: limit",
        '  value: "app/store/shop/1"',
        "  rate_limit: {unit: minute, requests_per_unit: 5}",
        "  descriptors:",
        "  - key: by",
        "    rate_limit: {unit: minute, requests_per_unit: 5}",
        "- key: limit",
        '  value: "app/store/shop/2"',
        "  descriptors:",
        "  - key: remote_address",
        "    rate_limit: {unit: minute, requests_per_unit: 5}",
        "- key: limit",
        '  value: "app/store/shop/3"',
        "  rate_limit: {unit: minute, requests_per_unit: 5}",
    ]


def test_limits_of_a_gateway_are_of_its_hosts_since_a_redirect_has_none() -> None:
    said = config(gateways=[EDGE | {"rateLimits": [LIMIT | {"by": "address"}]}])
    (spec,) = filters(said).values()
    assert spec["workloadSelector"] == {"labels": {"istio": "ingress"}}
    assert {each["match"]["context"] for each in spec["configPatches"]} == {"GATEWAY"}
    merged = spec["configPatches"][1]
    assert (merged["applyTo"], [*merged["patch"]["value"]]) == ("VIRTUAL_HOST", ["rate_limits"])
    assert 'value: "gateway/istio-ingress/istio-ingress/0"' in service_file(said, "x")


def test_nobody_asks_but_proxies_with_limits_and_nobody_counts_but_the_service() -> None:
    said = config(LIMIT, gateways=[EDGE | {"rateLimits": [LIMIT]}, EDGE | {"name": "other"}])
    made = objects(said)
    sources = made["AuthorizationPolicy", "rate-limit"]["spec"]["rules"][0]["from"]
    gateway = "cluster.local/ns/istio-ingress/sa/istio-ingress"
    assert sources == [{"source": {"principals": [gateway, "cluster.local/ns/store/sa/shopper"]}}]
    spaces = [each["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
              for each in made["NetworkPolicy", "rate-limit"]["spec"]["ingress"][0]["from"]]  # fmt: skip
    assert spaces == ["istio-ingress", "store"]
    own = made["AuthorizationPolicy", "rate-limit-redis"]["spec"]["rules"][0]["from"]
    assert own == [{"source": {"principals": ["cluster.local/ns/rate-limit/sa/rate-limit"]}}]
    peers = made["NetworkPolicy", "rate-limit-redis"]["spec"]["ingress"][0]["from"]
    assert peers == [{"podSelector": {"matchLabels": {"app": "rate-limit"}}}]


def test_pods_of_which_nobody_knows_the_account_ask_by_their_namespace() -> None:
    unknown = {key: value for key, value in SHOP.items() if key != "serviceAccount"}
    made = objects(config(LIMIT, app=unknown))
    (rule,) = made["AuthorizationPolicy", "rate-limit"]["spec"]["rules"]
    assert rule["from"] == [{"source": {"namespaces": ["store"]}}]


def test_its_pods_have_sidecars_and_need_no_privileges_and_its_namespace_comes_with_the_stack() -> None:
    said = config(LIMIT)
    (space,) = [each for each in said.all_namespaces if each.name == "rate-limit"]
    assert space.is_injected
    for name in ("rate-limit", "rate-limit-redis"):
        context = container_of(said, name)["securityContext"]
        assert context["runAsNonRoot"]
        assert context["readOnlyRootFilesystem"]
        assert context["capabilities"] == {"drop": ["ALL"]}
    spec = objects(said)["Deployment", "rate-limit"]["spec"]
    assert spec["replicas"] == 2
    annotations = spec["template"]["metadata"]["annotations"]
    assert '"holdApplicationUntilProxyStarts": true' in annotations["proxy.istio.io/config"], (
        "it ends without its Redis"
    )


def test_other_limits_are_other_pods_and_the_same_ones_are_not() -> None:
    def mark(limit: dict[str, Any]) -> str:
        template = objects(config(limit))["Deployment", "rate-limit"]["spec"]["template"]
        return template["metadata"]["annotations"]["fairlead/limits"]

    assert mark(LIMIT) == mark(dict(LIMIT))
    assert mark(LIMIT) != mark(LIMIT | {"requests": 6})


def test_a_redis_that_exists_is_reached_past_the_proxy_with_its_password() -> None:
    redis = {"address": "redis.example.com:6380", "tls": True, "credentialName": "redis-login"}
    said = config(LIMIT, service={"redis": redis, "domain": "dev"})
    assert ("Deployment", "rate-limit-redis") not in objects(said)
    env = {each["name"]: each.get("value") or each["valueFrom"] for each in container_of(said)["env"]}
    assert (env["REDIS_URL"], env["REDIS_TLS"]) == ("redis.example.com:6380", "true")
    assert env["REDIS_AUTH"] == {"secretKeyRef": {"name": "redis-login", "key": "password"}}
    metadata = objects(said)["Deployment", "rate-limit"]["spec"]["template"]["metadata"]
    assert metadata["annotations"]["traffic.sidecar.istio.io/excludeOutboundPorts"] == "6380"


def test_without_a_global_limit_nothing_is_installed() -> None:
    said = config({"requests": 1, "unit": "day"})
    assert not objects(said)
    assert [*filters(said)] == ["shop-rate-limit"]
    assert "rate-limit" not in {each.name for each in said.all_namespaces}


def test_a_service_that_exists_gets_its_limits_and_nothing_else() -> None:
    said = config(LIMIT, service={"service": "counter.limits.svc.cluster.local:9000"})
    assert {key: each["metadata"]["namespace"] for key, each in objects(said).items()} == {
        ("ConfigMap", "rate-limit"): "limits"
    }
    assert "rate-limit" not in {each.name for each in said.all_namespaces}
    patch = filters(said)["shop-rate-limit-global"]["configPatches"][0]["patch"]["value"]["typed_config"]
    asked = patch["rate_limit_service"]["grpc_service"]["envoy_grpc"]
    assert asked["cluster_name"] == "outbound|9000||counter.limits.svc.cluster.local"


def test_proxies_of_an_app_that_declares_its_calls_know_the_service() -> None:
    app = SHOP | {"calls": ["shop"], "rateLimits": [LIMIT]}
    said = config(app=app)
    scope = call_scope(said.apps[0], {"app": "shop"}, said)
    assert scope
    assert "rate-limit/rate-limit.rate-limit.svc.cluster.local" in scope["spec"]["egress"][0]["hosts"]
