"""Do the addons get the chart values, objects and addresses that Istio and people need?"""

from __future__ import annotations

from typing import Any

import pytest

from mesh.addons import Addon, Grafana, Kiali, Prometheus, Tracing, cluster_url, local_access
from mesh.grafana import DATASOURCE_UID, grafana_values
from mesh.kiali import kiali_values
from mesh.prometheus import prometheus_values
from mesh.tracing import query_url, tracing_objects
from tests.fixtures.addon_objects import PROMETHEUS_URL, named, read

pytestmark = pytest.mark.mesh


def kiali(**keys: Any) -> dict[str, Any]:
    known: dict[str, Any] = {"grafana_url": None, "tracing_url": None, "tracing_provider": None, "signing_secret": None}
    known |= {key: keys.pop(key) for key in list(keys) if key in known}
    return kiali_values(read(Kiali, **keys), istio_namespace="istio-system", prometheus_url=PROMETHEUS_URL, **known)


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
