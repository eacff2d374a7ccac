"""Do the addons get the chart values, objects and addresses that Istio and people need?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.addons.grafana import Grafana
from fairlead_mesh.addons.grafana_sources import METRICS_UID
from fairlead_mesh.addons.kiali import Kiali
from fairlead_mesh.addons.prometheus import Prometheus
from fairlead_mesh.addons.surroundings import Surroundings
from fairlead_mesh.addons.tracing import Tracing
from tests.fixtures.addon_objects import PROMETHEUS_URL, named, read

pytestmark = pytest.mark.mesh


def chart_values(model: type[Addon], *others: Addon, secrets: tuple[str, ...] = (), **keys: Any) -> dict[str, Any]:
    """What the chart of an addon gets beside `others`, with a Prometheus among them."""
    addon = read(model, **keys)
    return addon.chart_values(Surroundings(addons=(*others, Prometheus(), addon), secrets=frozenset(secrets)))


def kiali(*others: Addon, secrets: tuple[str, ...] = (), **keys: Any) -> dict[str, Any]:
    return chart_values(Kiali, *others, secrets=secrets, **keys)


def test_prometheus_is_one_server_on_port_9090_and_nothing_else() -> None:
    values = chart_values(Prometheus, retentionDays=3, serviceType="NodePort")
    others = ("alertmanager", "kube-state-metrics", "prometheus-node-exporter", "prometheus-pushgateway")
    assert [values[chart]["enabled"] for chart in others] == [False] * 4
    assert values["server"]["fullnameOverride"] == "prometheus"
    assert values["server"]["service"] == {"servicePort": 9090, "type": "NodePort"}
    assert values["server"]["retention"] == "3d"
    assert values["server"]["global"]["scrape_interval"] == "15s"
    assert values["server"]["persistentVolume"] == {"enabled": False}


def test_free_values_win_over_our_own_key_by_key() -> None:
    values = chart_values(Prometheus, values={"server": {"retention": "1h"}, "alertmanager": {"enabled": True}})
    assert values["alertmanager"] == {"enabled": True}
    assert values["server"]["retention"] == "1h"
    assert values["server"]["fullnameOverride"] == "prometheus"
    grafana = chart_values(Grafana, values={"service": {"port": 80}})
    assert grafana["service"] == {"port": 80, "portName": "http", "type": "ClusterIP"}
    assert kiali(values={"server": {"web_root": "/"}})["server"] == {"port": 20001, "web_root": "/"}


def test_no_addon_gets_a_sidecar() -> None:
    off = {"sidecar.istio.io/inject": "false"}
    assert chart_values(Prometheus)["server"]["podLabels"] == off
    assert chart_values(Grafana)["podLabels"] == off
    assert kiali()["deployment"]["pod_labels"] == off
    for provider in ("jaeger", "zipkin"):
        deployment = named(read(Tracing, provider=provider).objects(), "Deployment", provider)
        template = deployment["spec"]["template"]["metadata"]["labels"]
        assert template == {"app": provider, **off}
        assert deployment["spec"]["selector"]["matchLabels"] == {"app": provider}


def test_grafana_has_no_account_and_so_no_password_by_default() -> None:
    values = chart_values(Grafana)
    # The chart renders a Secret with a random password unless it sees this very variable.
    assert values["env"] == {"GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": "true"}
    assert values["grafana.ini"]["auth"] == {"disable_login_form": True}
    assert values["grafana.ini"]["auth.anonymous"] == {"enabled": True, "org_role": "Viewer"}
    assert values["grafana.ini"]["auth.basic"] == {"enabled": False}
    assert not {"admin", "adminUser", "adminPassword"} & values.keys()


def test_a_secret_brings_grafanas_admin_and_the_login_form_back() -> None:
    values = chart_values(Grafana, secrets=("grafanaAdminPassword",))
    keys = {"userKey": "admin-user", "passwordKey": "admin-password"}
    assert values["admin"] == {"existingSecret": "grafana-admin", **keys}
    assert values["grafana.ini"]["auth"] == {"disable_login_form": False}
    assert "env" not in values


def test_grafana_shows_istios_dashboards_pinned_over_the_default_data_source() -> None:
    values = chart_values(Grafana, dashboards="grafanaCom")
    [datasource] = values["datasources"]["datasources.yaml"]["datasources"]
    assert (datasource["uid"], datasource["isDefault"], datasource["url"]) == (METRICS_UID, True, PROMETHEUS_URL)
    [provider] = values["dashboardProviders"]["dashboardproviders.yaml"]["providers"]
    dashboards = values["dashboards"][provider["name"]]
    assert sorted(each["gnetId"] for each in dashboards.values()) == [7630, 7636, 7639, 7645, 11829, 13277]
    assert all(each["revision"] > 1 for each in dashboards.values())


def test_grafana_without_a_prometheus_has_no_data_source() -> None:
    assert "datasources" not in read(Grafana).chart_values(Surroundings())


def test_kiali_knows_the_addons_of_this_stack() -> None:
    values = kiali(read(Grafana), read(Tracing))
    services = values["external_services"]
    assert services["prometheus"] == {"enabled": True, "url": PROMETHEUS_URL}
    assert services["grafana"] == {"enabled": True, "internal_url": "http://grafana.istio-system:3000"}
    tracing = {"enabled": True, "internal_url": "http://tracing.istio-system:80/jaeger", "provider": "jaeger"}
    assert services["tracing"] == {**tracing, "use_grpc": False}
    assert services["istio"] == {"root_namespace": "istio-system"}
    assert values["deployment"]["ingress"] == {"enabled": False}


def test_kiali_leaves_out_what_the_stack_has_not_and_zipkin_which_it_cannot_read() -> None:
    services = kiali(read(Tracing, provider="zipkin"))["external_services"]
    assert services["grafana"] == {"enabled": False}
    assert services["tracing"] == {"enabled": False}


def test_anonymous_visitors_of_kiali_may_only_look() -> None:
    inside, outside = kiali(), kiali(serviceType="NodePort")
    assert (inside["auth"]["strategy"], inside["deployment"]["view_only_mode"]) == ("anonymous", True)
    assert (outside["auth"]["strategy"], outside["deployment"]["view_only_mode"]) == ("token", False)


def test_kialis_signing_key_is_no_text_in_the_values() -> None:
    with_secret = kiali(serviceType="NodePort", secrets=("kialiSigningKey",))
    assert with_secret["login_token"] == {"signing_key": "secret:kiali-signing-key:signing-key"}
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
    assert addon.cluster_url == inside
    assert addon.local_access == {"url": url, "command": f"kubectl -n istio-system port-forward {command}"}


def test_an_addon_that_exists_answers_at_its_own_url() -> None:
    existing = read(Prometheus, url="http://prometheus.monitoring:9090")
    assert existing.cluster_url == "http://prometheus.monitoring:9090"
    assert existing.local_access == {"url": "http://prometheus.monitoring:9090"}
