"""Who reaches an addon, and who has to log in? The policies, read as Kubernetes and Istio read them, and the values."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.config import Config
from fairlead_mesh.stack import well_formed
from tests.fixtures.evaluated import KIND

pytestmark = pytest.mark.mesh

ALL: dict[str, Any] = {"prometheus": {}, "grafana": {}, "kiali": {}, "tracing": {}}
GATEWAYS = [{"name": "istio-ingress"}, {"name": "istio-egress", "direction": "egress"}]
PROMETHEUS = ("istio-system", {"app.kubernetes.io/name": "prometheus", "app.kubernetes.io/instance": "prometheus"})
GRAFANA = ("istio-system", {"app.kubernetes.io/name": "grafana", "app.kubernetes.io/instance": "grafana"})
KIALI = ("istio-system", {"app.kubernetes.io/name": "kiali", "app.kubernetes.io/instance": "kiali"})
INGRESS = ("istio-ingress", {"istio": "ingress", "app": "istio-ingress"})
EGRESS = ("istio-egress", {"istio": "egress", "app": "istio-egress"})
APP = ("shop", {"app": "web"})
OUTSIDE = ("", {})

Caller = tuple[str, dict[str, str]]


def config(**addons: Any) -> Config:
    return well_formed({"cluster": KIND, "gateways": GATEWAYS, "addons": addons})


def policies(kind: str, config: Config) -> dict[str, dict[str, Any]]:
    """Addon -> its object of a kind."""
    around = config.around_addons()
    return {
        addon.key: manifest
        for addon in config.addons.named
        for manifest in addon.policies(around)
        if manifest["kind"] == kind
    }


def lets_in(policy: dict[str, Any], caller: Caller, port: int) -> bool:
    """As a network plugin judges: one rule that has the port and the caller is enough."""
    return any(
        (not rule.get("ports") or port in [each["port"] for each in rule["ports"]])
        and (not rule.get("from") or any(selects(peer, caller) for peer in rule["from"]))
        for rule in policy["spec"]["ingress"]
    )


def selects(peer: dict[str, Any], caller: Caller) -> bool:
    namespace, labels = caller
    wanted = {"kubernetes.io/metadata.name": namespace}
    in_namespace = (peer["namespaceSelector"].get("matchLabels") or {}).items() <= wanted.items()
    return bool(namespace) and in_namespace and matching(peer.get("podSelector", {})).items() <= labels.items()


def matching(selector: dict[str, Any]) -> dict[str, str]:
    return selector.get("matchLabels") or {}


def values(key: str, *secrets: str, **addons: Any) -> dict[str, Any]:
    read = config(**addons)
    (addon,) = [each for each in read.addons.named if each.key == key]
    return addon.chart_values(read.around_addons(secrets))


def test_an_addon_is_reached_by_ingress_gateways_by_what_calls_it_and_by_nobody_else() -> None:
    found = policies("NetworkPolicy", config(**ALL))
    pages = {"prometheus": 9090, "grafana": 3000, "kiali": 20001, "tracing": 16686}
    callers = {"prometheus": [GRAFANA, KIALI], "grafana": [KIALI, PROMETHEUS], "kiali": [PROMETHEUS]}
    callers["tracing"] = [GRAFANA, KIALI, PROMETHEUS]
    for key, port in pages.items():
        admitted = [each for each in (GRAFANA, KIALI, PROMETHEUS, INGRESS) if lets_in(found[key], each, port)]
        assert admitted == [each for each in (GRAFANA, KIALI, PROMETHEUS) if each in callers[key]] + [INGRESS]
        assert not any(lets_in(found[key], each, port) for each in (APP, EGRESS, OUTSIDE))
    assert all(policy["spec"]["policyTypes"] == ["Ingress"] for policy in found.values())


def test_prometheus_scrapes_what_announces_metrics() -> None:
    found = policies("NetworkPolicy", config(**ALL))
    assert lets_in(found["kiali"], PROMETHEUS, 9090)
    assert not lets_in(found["kiali"], APP, 9090)


@pytest.mark.parametrize(
    ("provider", "page", "collectors"), [("jaeger", 16686, (4317, 4318, 9411)), ("zipkin", 8080, (9411,))]
)
def test_every_proxy_of_the_cluster_sends_its_spans(provider: str, page: int, collectors: tuple[int, ...]) -> None:
    policy = policies("NetworkPolicy", config(tracing={"provider": provider}))["tracing"]
    assert all(lets_in(policy, caller, port) for caller in (APP, INGRESS, EGRESS) for port in collectors)
    assert not any(lets_in(policy, OUTSIDE, port) for port in collectors)
    assert not lets_in(policy, APP, page)


def test_a_policy_selects_the_pods_of_the_addon_and_no_others() -> None:
    found = policies("NetworkPolicy", config(**ALL))
    selected = {key: matching(policy["spec"]["podSelector"]) for key, policy in found.items()}
    assert selected == {
        "grafana": GRAFANA[1],
        "kiali": KIALI[1],
        "prometheus": PROMETHEUS[1],
        "tracing": {"app": "jaeger"},
    }


def test_the_stack_file_names_namespaces_that_reach_it_too() -> None:
    policy = policies("NetworkPolicy", config(prometheus={"access": {"namespaces": ["shop"]}}))["prometheus"]
    assert lets_in(policy, APP, 9090)
    assert not lets_in(policy, ("other", {"app": "web"}), 9090)
    everywhere = policies("NetworkPolicy", config(prometheus={"access": {"namespaces": ["*"]}}))["prometheus"]
    assert lets_in(everywhere, APP, 9090)
    assert not lets_in(everywhere, OUTSIDE, 9090)


def test_a_caller_that_exists_already_reaches_it_from_its_own_namespace() -> None:
    existing = config(prometheus={}, kiali={}, grafana={"url": "http://grafana.monitoring.svc:3000"})
    assert lets_in(policies("NetworkPolicy", existing)["prometheus"], ("monitoring", {}), 9090)
    scraped = config(prometheus={"url": "http://prometheus.monitoring:9090"}, kiali={})
    assert lets_in(policies("NetworkPolicy", scraped)["kiali"], ("monitoring", {}), 9090)
    elsewhere = config(prometheus={"url": "https://prometheus.eu.example.com"}, kiali={})
    assert not lets_in(policies("NetworkPolicy", elsewhere)["kiali"], ("eu", {}), 9090)


def test_an_addon_that_exists_gets_no_policy() -> None:
    assert policies("NetworkPolicy", config(prometheus={"url": "http://prometheus.monitoring:9090"})) == {}


def test_a_service_that_is_open_to_the_outside_is_reached_at_its_page_alone() -> None:
    found = policies("NetworkPolicy", config(prometheus={}, kiali={"serviceType": "LoadBalancer"}))
    assert lets_in(found["kiali"], OUTSIDE, 20001)
    assert not lets_in(found["kiali"], OUTSIDE, 9090)
    assert not lets_in(found["prometheus"], OUTSIDE, 9090)


def test_an_authorization_policy_stands_where_a_proxy_enforces_it() -> None:
    proxied = {"deployment": {"pod_labels": {"sidecar.istio.io/inject": "true"}}}
    read = config(prometheus={}, kiali={"values": proxied, "access": {"namespaces": ["shop"]}})
    found = policies("AuthorizationPolicy", read)
    assert list(found) == ["kiali"]
    spec = found["kiali"]["spec"]
    assert spec["selector"] == {"matchLabels": KIALI[1]}
    # What has no identity, as Prometheus has none, is the NetworkPolicy's to judge.
    assert spec["rules"] == [
        {"from": [{"source": {"notPrincipals": ["*"]}}]},
        {"from": [{"source": {"namespaces": ["istio-ingress", "istio-system", "shop"]}}]},
    ]


def test_nobody_stops_prometheus_over_its_api() -> None:
    rendered = values("prometheus", prometheus={})
    assert "web.enable-lifecycle" not in str(rendered)
    # The chart's default list has the flag; this one takes its place, and what needed it is off.
    assert rendered["server"]["extraFlags"] == ["enable-feature=auto-reload-config"]
    assert rendered["configmapReload"] == {"prometheus": {"enabled": False}}


@pytest.mark.parametrize(
    "open_by",
    [
        {"serviceType": "LoadBalancer"},
        {"serviceType": "NodePort"},
        {"values": {"service": {"type": "LoadBalancer"}}},
        {"values": {"ingress": {"enabled": True}}},
    ],
)
@pytest.mark.parametrize("secrets", [(), ("grafanaAdminPassword",)])
def test_nobody_views_grafana_without_a_login_from_outside(open_by: dict[str, Any], secrets: tuple[str, ...]) -> None:
    rendered = values("grafana", *secrets, prometheus={}, grafana=open_by)
    assert rendered["grafana.ini"]["auth.anonymous"] == {"enabled": False}
    assert rendered["grafana.ini"]["auth"] == {"disable_login_form": not secrets}


def test_a_password_does_not_close_grafana_inside_the_cluster() -> None:
    rendered = values("grafana", "grafanaAdminPassword", prometheus={}, grafana={})
    assert rendered["grafana.ini"]["auth.anonymous"]["enabled"] is True


@pytest.mark.parametrize(
    "deployment", [{"service_type": "LoadBalancer"}, {"ingress": {"enabled": True}}, {"service_type": "NodePort"}]
)
def test_kiali_asks_for_a_token_however_it_is_opened(deployment: dict[str, Any]) -> None:
    rendered = values("kiali", prometheus={}, kiali={"values": {"deployment": deployment}})
    assert rendered["auth"] == {"strategy": "token"}
    assert "kiali_feature_flags" not in rendered


def test_an_anonymous_kiali_views_and_reads_no_logs() -> None:
    for anonymous in ({}, {"values": {"auth": {"strategy": "anonymous"}}, "serviceType": "LoadBalancer"}):
        rendered = values("kiali", prometheus={}, kiali=anonymous)
        assert rendered["deployment"]["view_only_mode"] is True
        assert rendered["kiali_feature_flags"] == {"disabled_features": ["logs-tab"]}
    # What the chart's own policy lets in, which is everybody, no other policy keeps out.
    assert values("kiali", prometheus={}, kiali={})["deployment"]["network_policy"] == {"enabled": False}
