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
