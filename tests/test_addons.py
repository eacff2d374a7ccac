"""Do the addons get the chart values, objects and addresses that Istio and people need?"""

from __future__ import annotations

from typing import Any

import pytest

from mesh.addons import Addon, Grafana, Kiali, Prometheus, Tracing, cluster_url, local_access
from mesh.grafana import DATASOURCE_UID, grafana_values
from mesh.kiali import kiali_values
from mesh.prometheus import prometheus_values
from mesh.tracing import PROVIDER, collector_entry, extension_provider, query_url, telemetry, tracing_objects

pytestmark = pytest.mark.mesh

PROMETHEUS_URL = "http://prometheus.istio-system:9090"


def read(model: type[Addon], **keys: Any) -> Any:
    return model.model_validate(keys)


def kiali(**keys: Any) -> dict[str, Any]:
    known: dict[str, Any] = {"grafana_url": None, "tracing_url": None, "tracing_provider": None, "signing_secret": None}
    known |= {key: keys.pop(key) for key in list(keys) if key in known}
    return kiali_values(read(Kiali, **keys), istio_namespace="istio-system", prometheus_url=PROMETHEUS_URL, **known)


def named(objects: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    [found] = [each for each in objects if each["kind"] == kind and each["metadata"]["name"] == name]
    return found


def ports(service: dict[str, Any]) -> dict[int, int]:
    return {port["port"]: port["targetPort"] for port in service["spec"]["ports"]}


def test_prometheus_is_one_server_on_port_9090_and_nothing_else() -> None:
    values = prometheus_values(read(Prometheus, retentionDays=3, serviceType="NodePort"))
    others = ("alertmanager", "kube-state-metrics", "prometheus-node-exporter", "prometheus-pushgateway")
    assert [values[chart]["enabled"] for chart in others] == [False] * 4
    assert values["server"]["fullnameOverride"] == "prometheus"
    assert values["server"]["service"] == {"servicePort": 9090, "type": "NodePort"}
    assert values["server"]["retention"] == "3d"
    assert values["server"]["global"]["scrape_interval"] == "15s"
    assert values["server"]["persistentVolume"] == {"enabled": False}


def test_free_values_win_over_our_own_key_by_key() -> None:
    values = prometheus_values(
        read(Prometheus, values={"server": {"retention": "1h"}, "alertmanager": {"enabled": True}})
    )
    assert values["alertmanager"] == {"enabled": True}
    assert values["server"]["retention"] == "1h"
    assert values["server"]["fullnameOverride"] == "prometheus"
    grafana = grafana_values(read(Grafana, values={"service": {"port": 80}}), prometheus_url=None, admin_secret=None)
    assert grafana["service"] == {"port": 80, "portName": "http", "type": "ClusterIP"}
    assert kiali(values={"server": {"web_root": "/"}})["server"] == {"port": 20001, "web_root": "/"}


def test_no_addon_gets_a_sidecar() -> None:
    off = {"sidecar.istio.io/inject": "false"}
    assert prometheus_values(read(Prometheus))["server"]["podLabels"] == off
    assert grafana_values(read(Grafana), prometheus_url=None, admin_secret=None)["podLabels"] == off
    assert kiali()["deployment"]["pod_labels"] == off
    for provider in ("jaeger", "zipkin"):
        deployment = named(tracing_objects(read(Tracing, provider=provider)), "Deployment", provider)
        template = deployment["spec"]["template"]["metadata"]["labels"]
        assert template == {"app": provider, **off}
        assert deployment["spec"]["selector"]["matchLabels"] == {"app": provider}


def test_grafana_has_no_account_and_so_no_password_by_default() -> None:
    values = grafana_values(read(Grafana), prometheus_url=PROMETHEUS_URL, admin_secret=None)
    # The chart renders a Secret with a random password unless it sees this very variable.
    assert values["env"] == {"GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": "true"}
    assert values["grafana.ini"]["auth"] == {"disable_login_form": True}
    assert values["grafana.ini"]["auth.anonymous"] == {"enabled": True, "org_role": "Viewer"}
    assert values["grafana.ini"]["auth.basic"] == {"enabled": False}
    assert not {"admin", "adminUser", "adminPassword"} & values.keys()


def test_a_secret_brings_grafanas_admin_and_the_login_form_back() -> None:
    values = grafana_values(read(Grafana), prometheus_url=PROMETHEUS_URL, admin_secret="grafana-admin")  # noqa: S106
    keys = {"userKey": "admin-user", "passwordKey": "admin-password"}
    assert values["admin"] == {"existingSecret": "grafana-admin", **keys}
    assert values["grafana.ini"]["auth"] == {"disable_login_form": False}
    assert "env" not in values


def test_grafana_shows_istios_dashboards_pinned_over_the_default_data_source() -> None:
    values = grafana_values(read(Grafana), prometheus_url=PROMETHEUS_URL, admin_secret=None)
    [datasource] = values["datasources"]["datasources.yaml"]["datasources"]
    assert (datasource["uid"], datasource["isDefault"], datasource["url"]) == (DATASOURCE_UID, True, PROMETHEUS_URL)
    [provider] = values["dashboardProviders"]["dashboardproviders.yaml"]["providers"]
    dashboards = values["dashboards"][provider["name"]]
    assert sorted(each["gnetId"] for each in dashboards.values()) == [7630, 7636, 7639, 7645, 11829, 13277]
    assert all(each["revision"] > 1 for each in dashboards.values())


def test_grafana_without_a_prometheus_has_no_data_source() -> None:
    assert "datasources" not in grafana_values(read(Grafana), prometheus_url=None, admin_secret=None)


def test_kiali_knows_the_addons_of_this_stack() -> None:
    jaeger = read(Tracing)
    values = kiali(
        grafana_url=cluster_url(read(Grafana)), tracing_url=query_url(jaeger), tracing_provider=jaeger.provider
    )
    services = values["external_services"]
    assert services["prometheus"] == {"enabled": True, "url": PROMETHEUS_URL}
    assert services["grafana"] == {"enabled": True, "internal_url": "http://grafana.istio-system:3000"}
    tracing = {"enabled": True, "internal_url": "http://tracing.istio-system:80/jaeger", "provider": "jaeger"}
    assert services["tracing"] == {**tracing, "use_grpc": False}
    assert services["istio"] == {"root_namespace": "istio-system"}
    assert values["deployment"]["ingress"] == {"enabled": False}


def test_kiali_leaves_out_what_the_stack_has_not_and_zipkin_which_it_cannot_read() -> None:
    zipkin = read(Tracing, provider="zipkin")
    services = kiali(tracing_url=query_url(zipkin), tracing_provider="zipkin")["external_services"]
    assert services["grafana"] == {"enabled": False}
    assert services["tracing"] == {"enabled": False}


def test_anonymous_visitors_of_kiali_may_only_look() -> None:
    inside, outside = kiali(), kiali(serviceType="NodePort")
    assert (inside["auth"]["strategy"], inside["deployment"]["view_only_mode"]) == ("anonymous", True)
    assert (outside["auth"]["strategy"], outside["deployment"]["view_only_mode"]) == ("token", False)


def test_kialis_signing_key_is_no_text_in_the_values() -> None:
    with_secret = kiali(serviceType="NodePort", signing_secret="kiali-signing")  # noqa: S106
    assert with_secret["login_token"] == {"signing_key": "secret:kiali-signing:signing-key"}
    assert kiali(auth="token")["login_token"] == {"signing_key": ""}
    # Not empty: the chart would render another random key each time, for sessions that anonymous visitors have not.
    assert kiali()["login_token"]["signing_key"]


def test_jaeger_answers_as_tracing_zipkin_and_collector() -> None:
    objects = tracing_objects(read(Tracing, serviceType="NodePort"))
    assert ports(named(objects, "Service", "tracing")) == {80: 16686, 16685: 16685}
    assert ports(named(objects, "Service", "zipkin")) == {9411: 9411}
    assert ports(named(objects, "Service", "jaeger-collector")) == {4317: 4317, 4318: 4318, 9411: 9411}
    types = {each["metadata"]["name"]: each["spec"]["type"] for each in objects if each["kind"] == "Service"}
    assert types == {"tracing": "NodePort", "zipkin": "ClusterIP", "jaeger-collector": "ClusterIP"}
    [container] = named(objects, "Deployment", "jaeger")["spec"]["template"]["spec"]["containers"]
    assert container["args"][0] == "--set=extensions.jaeger_query.base_path=/jaeger"
    assert container["readinessProbe"]["httpGet"] == {"path": "/status", "port": "health"}


def test_zipkin_answers_as_tracing_and_zipkin() -> None:
    objects = tracing_objects(read(Tracing, provider="zipkin", namespace="tracing"))
    assert ports(named(objects, "Service", "tracing")) == {80: 9411}
    assert ports(named(objects, "Service", "zipkin")) == {9411: 9411}
    assert len(objects) == 3
    assert {each["metadata"]["namespace"] for each in objects} == {"tracing"}


def test_every_service_of_a_tracing_store_finds_a_port_of_its_container() -> None:
    for provider in ("jaeger", "zipkin"):
        objects = tracing_objects(read(Tracing, provider=provider))
        [container] = named(objects, "Deployment", provider)["spec"]["template"]["spec"]["containers"]
        open_ports = {port["containerPort"] for port in container["ports"]}
        targets = {target for each in objects if each["kind"] == "Service" for target in ports(each).values()}
        assert targets <= open_ports


@pytest.mark.parametrize(
    ("keys", "entry"),
    [
        ({}, {"opentelemetry": {"service": "jaeger-collector.istio-system.svc.cluster.local", "port": 4317}}),
        (
            {"provider": "zipkin", "namespace": "tracing"},
            {"zipkin": {"service": "zipkin.tracing.svc.cluster.local", "port": 9411}},
        ),
        (
            {"url": "http://collector.observability:14317"},
            {"opentelemetry": {"service": "collector.observability.svc.cluster.local", "port": 14317}},
        ),
        (
            {"url": "http://collector.observability.svc"},
            {"opentelemetry": {"service": "collector.observability.svc.cluster.local", "port": 4317}},
        ),
        (
            {"url": "http://zipkin/api/v2/spans", "provider": "zipkin"},
            {"zipkin": {"service": "zipkin.istio-system.svc.cluster.local", "port": 9411}},
        ),
        (
            {"url": "http://collector.observability.svc.cluster.local:4317"},
            {"opentelemetry": {"service": "collector.observability.svc.cluster.local", "port": 4317}},
        ),
        (
            {"url": "http://traces.eu.example.com:443"},
            {"opentelemetry": {"service": "traces.eu.example.com", "port": 443}},
        ),
    ],
)
def test_istiod_is_told_of_the_collector_by_the_name_it_knows(keys: dict[str, Any], entry: dict[str, Any]) -> None:
    assert extension_provider(read(Tracing, **keys)) == {"name": PROVIDER, **entry}


def test_telemetry_uses_the_provider_in_the_whole_mesh() -> None:
    rendered = telemetry(read(Tracing, sampling=10), "istio-control")
    assert rendered["apiVersion"] == "telemetry.istio.io/v1"
    assert rendered["metadata"]["namespace"] == "istio-control"
    assert rendered["spec"] == {"tracing": [{"providers": [{"name": PROVIDER}], "randomSamplingPercentage": 10}]}


def test_a_collector_that_exists_is_not_installed_again() -> None:
    assert tracing_objects(read(Tracing, url="http://collector.observability:4317")) == []


def test_traces_are_read_where_they_are_sent_for_zipkin_only() -> None:
    assert query_url(read(Tracing, url="http://collector.observability:4317")) is None
    zipkin = "http://zipkin.observability:9411"
    assert query_url(read(Tracing, url=zipkin, provider="zipkin")) == zipkin
    assert query_url(read(Tracing, provider="zipkin")) == "http://tracing.istio-system:80/zipkin"


@pytest.mark.parametrize(
    ("model", "keys", "inside", "command", "url"),
    [
        (Prometheus, {}, PROMETHEUS_URL, "svc/prometheus 9090:9090", "http://localhost:9090"),
        (Grafana, {}, "http://grafana.istio-system:3000", "svc/grafana 3000:3000", "http://localhost:3000"),
        (Kiali, {}, "http://kiali.istio-system:20001/kiali", "svc/kiali 20001:20001", "http://localhost:20001/kiali"),
        (Tracing, {}, "http://tracing.istio-system:80/jaeger", "svc/tracing 16686:80", "http://localhost:16686/jaeger"),
        (
            Tracing,
            {"provider": "zipkin"},
            "http://tracing.istio-system:80/zipkin",
            "svc/tracing 9411:80",
            "http://localhost:9411/zipkin",
        ),
    ],
)
def test_every_addon_says_where_it_answers(
    model: type[Addon], keys: dict[str, Any], inside: str, command: str, url: str
) -> None:
    addon = read(model, **keys)
    assert cluster_url(addon) == inside
    assert local_access(addon) == {"url": url, "command": f"kubectl -n istio-system port-forward {command}"}


def test_an_addon_that_exists_answers_at_its_own_url() -> None:
    existing = read(Prometheus, url="http://prometheus.monitoring:9090")
    assert cluster_url(existing) == "http://prometheus.monitoring:9090"
    assert local_access(existing) == {"url": "http://prometheus.monitoring:9090"}


def test_a_collector_outside_the_cluster_is_made_known_to_istiod() -> None:
    outside = Tracing.model_validate({"url": "http://traces.example.com:4317"})
    entry = collector_entry(outside, "istio-system")
    assert entry is not None
    assert entry["spec"]["hosts"] == ["traces.example.com"]
    assert entry["spec"]["ports"] == [{"number": 4317, "name": "grpc-otlp", "protocol": "GRPC"}]


def test_a_collector_that_is_a_service_needs_no_entry() -> None:
    assert (
        collector_entry(Tracing.model_validate({"url": "http://collector.observability:4317"}), "istio-system") is None
    )
    assert collector_entry(Tracing(), "istio-system") is None
