"""Do Loki and Tempo get what proxies write and send, and does Grafana lead from one to the other?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.addons.access import network_policy
from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.addons.fluent_bit import FluentBit
from fairlead_mesh.addons.grafana import Grafana
from fairlead_mesh.addons.kiali import Kiali
from fairlead_mesh.addons.loki import Loki
from fairlead_mesh.addons.prometheus import Prometheus
from fairlead_mesh.addons.surroundings import Surroundings
from fairlead_mesh.addons.tracing import Tracing
from tests.fixtures.addon_objects import named, read

pytestmark = pytest.mark.mesh

TEMPO = read(Tracing, provider="tempo")


def values(addon: Addon, *others: Addon) -> dict[str, Any]:
    return addon.chart_values(Surroundings(addons=(addon, *others)))


def sources(*addons: Addon) -> dict[str, dict[str, Any]]:
    found = values(Grafana(), *addons)["datasources"]["datasources.yaml"]["datasources"]
    return {each["uid"]: each for each in found}


def callers(addon: Addon, *others: Addon) -> list[Any]:
    spec = network_policy(addon, Surroundings(addons=(addon, *others)))["spec"]
    return [peer.get("podSelector", {}).get("matchLabels") for rule in spec["ingress"] for peer in rule.get("from", ())]


def test_fluent_bit_sends_to_the_loki_of_the_stack_unless_it_says_otherwise() -> None:
    lines = values(FluentBit(), read(Loki, namespace="logs"))["config"]["outputs"]
    assert "Name loki" in lines
    assert "Host loki.logs" in lines
    assert "Port 3100" in lines
    assert "Name loki" not in values(read(FluentBit, cloudWatch={"logGroup": "/mesh"}), Loki())["config"]["outputs"]
    assert "Name stdout" in values(FluentBit())["config"]["outputs"]
    existing = values(FluentBit(), read(Loki, url="https://loki.example.com"))["config"]["outputs"]
    assert "Host loki.example.com" in existing
    assert "tls On" in existing


def test_loki_keeps_logs_for_its_days_on_its_volume_which_goes_with_the_release() -> None:
    kept = values(read(Loki, retentionDays=14, persistence={"size": "20Gi", "storageClass": "gp3"}))
    assert kept["loki"]["limits_config"]["retention_period"] == "336h"
    volume = {"enabled": True, "size": "20Gi", "storageClass": "gp3", "enableStatefulSetAutoDeletePVC": True}
    assert kept["singleBinary"]["persistence"] == volume
    assert values(Loki())["singleBinary"]["persistence"] == {"enabled": False}


def test_only_those_who_write_and_read_reach_loki() -> None:
    names = [each["app.kubernetes.io/name"] for each in callers(Loki(), FluentBit(), Grafana(), Kiali()) if each]
    assert names == ["fluent-bit", "grafana"]


def test_proxies_send_to_tempo_by_otlp() -> None:
    [provider] = TEMPO.extension_providers()
    assert provider["opentelemetry"] == {"service": "tempo.istio-system.svc.cluster.local", "port": 4317}
    assert TEMPO.chart.chart == "tempo"
    assert TEMPO.objects() == []
    assert [each["metadata"]["name"] for each in TEMPO.brought()] == ["tempo", "tempo"]


def test_tempo_keeps_traces_for_its_days_on_its_volume() -> None:
    kept = values(read(Tracing, provider="tempo", retentionDays=2, persistence={"size": "5Gi", "storageClass": "gp3"}))
    assert kept["tempo"]["retention"] == "48h"
    volume = {"enabled": True, "size": "5Gi", "storageClassName": "gp3", "enableStatefulSetAutoDeletePVC": True}
    assert kept["persistence"] == volume
    assert values(TEMPO)["tempo"]["retention"] == "168h"


def test_kiali_reads_tempo_and_links_to_grafana() -> None:
    tracing = values(Kiali(), TEMPO, Prometheus())["external_services"]["tracing"]
    assert tracing["internal_url"] == "http://tempo.istio-system:3200"
    assert (tracing["provider"], tracing["use_grpc"]) == ("tempo", False)
    assert tracing["tempo_config"] == {"datasource_uid": "tempo", "org_id": "1", "url_format": "grafana"}
    assert "tempo_config" not in values(Kiali(), Tracing(), Prometheus())["external_services"]["tracing"]


def test_grafana_leads_from_spans_to_logs_and_metrics_and_from_logs_to_traces() -> None:
    found = sources(Prometheus(), Loki(), TEMPO)
    assert found.keys() == {"prometheus", "loki", "tempo"}
    assert found["tempo"]["url"] == "http://tempo.istio-system:3200"
    assert found["tempo"]["jsonData"]["tracesToLogsV2"]["datasourceUid"] == "loki"
    assert found["tempo"]["jsonData"]["tracesToMetrics"]["datasourceUid"] == "prometheus"
    assert found["loki"]["jsonData"]["derivedFields"][0]["datasourceUid"] == "tempo"
    assert [uid for uid, each in found.items() if each.get("isDefault")] == ["prometheus"]


@pytest.mark.parametrize("provider", ["jaeger", "zipkin", "tempo"])
def test_grafana_reads_whatever_keeps_traces_and_may_reach_it(provider: str) -> None:
    tracing = read(Tracing, provider=provider)
    assert sources(tracing)[provider]["url"] == tracing.cluster_url
    assert {"app.kubernetes.io/name": "grafana", "app.kubernetes.io/instance": "grafana"} in callers(tracing, Grafana())


def test_traces_that_are_kept_elsewhere_have_no_data_source_where_nobody_knows_where_they_are_read() -> None:
    elsewhere = read(Tracing, provider="tempo", url="http://tempo.tempo:4317")
    assert sources(Prometheus(), elsewhere).keys() == {"prometheus"}
    assert "derivedFields" not in sources(Loki(), elsewhere)["loki"].get("jsonData", {})


@pytest.mark.parametrize("provider", ["jaeger", "zipkin"])
def test_stores_without_a_chart_have_the_resources_that_are_written(provider: str) -> None:
    asked = {"requests": {"cpu": "1", "memory": "1Gi"}}
    objects = read(Tracing, provider=provider, resources=asked).objects()
    [container] = named(objects, "Deployment", provider)["spec"]["template"]["spec"]["containers"]
    assert container["resources"] == asked
