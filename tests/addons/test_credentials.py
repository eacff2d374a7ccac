"""Do Grafana and Kiali log in at a Prometheus that exists, and is no secret written down?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.config import Config
from fairlead_mesh.keys.section import Values

pytestmark = pytest.mark.mesh


def addon_values(key: str, credentials: dict[str, Any]) -> Values:
    prometheus = {"url": "https://metrics.example.com", "credentials": credentials}
    raw = {"cluster": {"kubeconfig": {"context": "none"}}, "addons": {"prometheus": prometheus, key: {}}}
    config = Config.model_validate(raw)
    [addon] = [each for each in config.addons.named if each.key == key]
    return addon.chart_values(config.around_addons())


def datasource(values: Values) -> dict[str, Any]:
    [found] = values["datasources"]["datasources.yaml"]["datasources"]
    return found


def test_grafana_sends_a_token_that_its_environment_has_from_a_secret() -> None:
    values = addon_values("grafana", {"bearer": "metrics"})
    assert datasource(values)["secureJsonData"] == {"httpHeaderValue1": "Bearer ${METRICS_TOKEN}"}
    assert datasource(values)["jsonData"] == {"timeInterval": "15s", "httpHeaderName1": "Authorization"}
    assert values["envValueFrom"] == {"METRICS_TOKEN": {"secretKeyRef": {"name": "metrics", "key": "token"}}}


def test_grafana_logs_in_with_a_password() -> None:
    values = addon_values("grafana", {"basic": "metrics"})
    assert datasource(values)["basicAuthUser"] == "${METRICS_USERNAME}"
    assert set(values["envValueFrom"]) == {"METRICS_USERNAME", "METRICS_PASSWORD"}


def test_grafana_signs_requests_to_aws() -> None:
    values = addon_values("grafana", {"sigV4": "eu-west-1"})
    assert datasource(values)["jsonData"]["sigV4Region"] == "eu-west-1"
    assert values["grafana.ini"]["auth"]["sigv4_auth_enabled"] is True
    assert values["grafana.ini"]["auth"]["disable_login_form"] is True


@pytest.mark.parametrize(
    ("credentials", "auth"),
    [
        ({"bearer": "metrics"}, {"type": "bearer", "token": "secret:metrics:token"}),
        (
            {"basic": "metrics"},
            {"type": "basic", "username": "secret:metrics:username", "password": "secret:metrics:password"},
        ),
        ({"sigV4": "eu-west-1"}, None),
    ],
)
def test_kiali_reads_the_secret_itself(credentials: dict[str, Any], auth: dict[str, str] | None) -> None:
    assert addon_values("kiali", credentials)["external_services"]["prometheus"].get("auth") == auth


CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


def config_maps(credentials: dict[str, Any]) -> dict[tuple[str, str], dict[str, str]]:
    prometheus = {"url": "https://metrics.example.com", "credentials": credentials}
    addons = {"prometheus": prometheus, "grafana": {"namespace": "dashboards"}, "kiali": {}}
    config = Config.model_validate({"cluster": {"kubeconfig": {"context": "none"}}, "addons": addons})
    around = config.around_addons()
    made = [each for addon in config.addons.named for each in addon.shared_objects(around)]
    return {
        (each["metadata"]["namespace"], each["metadata"]["name"]): each["data"]
        for each in made
        if each["kind"] == "ConfigMap" and each["metadata"]["name"] != "fairlead-dashboards"
    }


def test_a_ca_is_where_each_of_them_reads_it() -> None:
    assert config_maps({"ca": CA}) == {
        ("dashboards", "fairlead-metrics-ca"): {"ca.crt": CA},
        ("istio-system", "kiali-cabundle"): {"additional-ca-bundle.pem": CA},
    }
    assert config_maps({"caConfigMap": "company-ca"}) == {}


def test_grafana_verifies_a_certificate_by_the_ca_of_a_config_map() -> None:
    for said, name in (({"ca": CA}, "fairlead-metrics-ca"), ({"caConfigMap": "company-ca"}, "company-ca")):
        values = addon_values("grafana", said)
        assert datasource(values)["jsonData"]["tlsAuthWithCACert"] is True
        assert datasource(values)["secureJsonData"] == {"tlsCACert": "${METRICS_CA}"}
        assert values["envValueFrom"] == {"METRICS_CA": {"configMapKeyRef": {"name": name, "key": "ca.crt"}}}


def test_further_headers_are_sent_beside_a_token() -> None:
    said = {"bearer": "metrics", "headers": {"x-scope-orgid": "mesh", "x-team": "shop"}}
    found = datasource(addon_values("grafana", said))
    named = {key: value for key, value in found["jsonData"].items() if key.startswith("httpHeader")}
    expected = {"httpHeaderName1": "Authorization", "httpHeaderName2": "x-scope-orgid", "httpHeaderName3": "x-team"}
    assert named == expected
    assert found["secureJsonData"]["httpHeaderValue3"] == "shop"
    kiali = addon_values("kiali", said)["external_services"]["prometheus"]
    assert kiali["custom_headers"] == {"x-scope-orgid": "mesh", "x-team": "shop"}
    assert kiali["auth"]["type"] == "bearer"


def test_kiali_asks_a_grafana_and_a_store_of_traces_that_exist_with_theirs() -> None:
    tenant = {"headers": {"x-scope-orgid": "mesh"}, "basic": "tempo-login", "ca": CA}
    addons = {
        "prometheus": {},
        "grafana": {"url": "https://grafana.example.com", "credentials": {"bearer": "grafana-token", "ca": CA}},
        "tracing": {
            "provider": "tempo",
            "url": "http://t.t:4317",
            "queryUrl": "https://t.t:3200",
            "credentials": tenant,
        },
        "kiali": {},
    }
    config = Config.model_validate({"cluster": {"kubeconfig": {"context": "none"}}, "addons": addons})
    [kiali] = config.addons.installed[:1]
    around = config.around_addons()
    services = kiali.chart_values(around)["external_services"]
    assert services["grafana"]["auth"] == {"type": "bearer", "token": "secret:grafana-token:token"}
    of_user = {name: f"secret:tempo-login:{name}" for name in ("username", "password")}
    assert services["tracing"]["auth"] == {"type": "basic", **of_user}
    assert services["tracing"]["custom_headers"] == {"x-scope-orgid": "mesh"}
    # One CA of both is there once.
    [bundle] = kiali.shared_objects(around)
    assert bundle["data"]["additional-ca-bundle.pem"].count("BEGIN CERTIFICATE") == 1


def test_grafana_asks_for_traces_with_a_login_of_their_own() -> None:
    traces = {
        "provider": "tempo",
        "url": "http://t.t:4317",
        "queryUrl": "https://t.t:3200",
        "credentials": {"bearer": "t"},
    }
    metrics = {"url": "https://metrics.example.com", "credentials": {"bearer": "m"}}
    raw = {"cluster": {"kubeconfig": {"context": "none"}}}
    config = Config.model_validate({**raw, "addons": {"prometheus": metrics, "tracing": traces, "grafana": {}}})
    [grafana] = [each for each in config.addons.named if each.key == "grafana"]
    values = grafana.chart_values(config.around_addons())
    read = {name: each["secretKeyRef"]["name"] for name, each in values["envValueFrom"].items()}
    assert read == {"METRICS_TOKEN": "m", "TRACES_TOKEN": "t"}
    sources = {each["uid"]: each for each in values["datasources"]["datasources.yaml"]["datasources"]}
    assert sources["tempo"]["secureJsonData"] == {"httpHeaderValue1": "Bearer ${TRACES_TOKEN}"}
