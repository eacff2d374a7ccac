"""Does the Prometheus Operator's chart scrape this mesh, bring nothing twice, and leave nothing in other namespaces?"""

from __future__ import annotations

import re
from typing import Any

import pytest

from fairlead_mesh.addons.access import network_policy
from fairlead_mesh.addons.grafana import Grafana
from fairlead_mesh.addons.kiali import Kiali
from fairlead_mesh.addons.prometheus import Prometheus
from fairlead_mesh.addons.surroundings import Surroundings
from fairlead_mesh.reading.documents import yaml_objects
from tests.fixtures.addon_objects import read

pytestmark = pytest.mark.mesh

URL = "http://prometheus-prometheus.istio-system:9090"


def stack(**keys: Any) -> Prometheus:
    return read(Prometheus, chart="kube-prometheus-stack", **keys)


def values(addon: Prometheus, *others: Any) -> dict[str, Any]:
    return addon.chart_values(Surroundings(addons=(addon, *others)))


def spec(**keys: Any) -> dict[str, Any]:
    return values(stack(**keys))["prometheus"]["prometheusSpec"]


def test_its_own_grafana_and_alertmanager_and_what_is_not_of_the_mesh_are_off() -> None:
    found = values(stack())
    others = ("grafana", "alertmanager", "kubeStateMetrics", "nodeExporter", "kubelet", "coreDns", "kubeProxy")
    assert [found[part]["enabled"] for part in others] == [False] * len(others)
    assert found["defaultRules"] == {"create": False}


def test_nothing_is_left_in_kube_system_or_behind_a_webhook() -> None:
    operator = values(stack())["prometheusOperator"]
    assert operator["kubeletService"] == {"enabled": False}
    assert operator["kubeletEndpointsEnabled"] is False
    assert operator["admissionWebhooks"] == {"enabled": False}
    assert operator["tls"] == {"enabled": False}


def test_it_reads_rules_and_monitors_of_every_namespace() -> None:
    kinds = ("rule", "serviceMonitor", "podMonitor")
    assert [spec()[f"{kind}SelectorNilUsesHelmValues"] for kind in kinds] == [False] * 3


def test_istiod_proxies_and_pods_that_say_so_are_scraped_once() -> None:
    server = values(stack(), Kiali())["prometheus"]
    [istiod] = server["additionalServiceMonitors"]
    assert istiod["namespaceSelector"] == {"matchNames": ["istio-system"]}
    assert istiod["endpoints"][0]["port"] == "http-monitoring"
    proxies, others = (each["podMetricsEndpoints"][0]["relabelings"] for each in server["additionalPodMonitors"])
    assert {
        "action": "keep",
        "sourceLabels": ["__meta_kubernetes_pod_container_name"],
        "regex": "istio-proxy",
    } in proxies
    dropped = [each["sourceLabels"] for each in others if each["action"] == "drop"]
    injected = "__meta_kubernetes_pod_annotationpresent_sidecar_istio_io_status"
    assert dropped == [[injected], ["__meta_kubernetes_pod_label_app"]]


@pytest.mark.parametrize(("address", "expected"), [("10.1.2.3", "10.1.2.3:15020"), ("fd00::1", "[fd00::1]:15020")])
def test_merged_metrics_are_asked_for_where_the_pods_annotation_says(address: str, expected: str) -> None:
    monitor = values(stack())["prometheus"]["additionalPodMonitors"][0]
    rules = [
        each
        for each in monitor["podMetricsEndpoints"][0]["relabelings"]
        if each.get("targetLabel") == "__address__" and re.fullmatch(each["regex"], f"15020;{address}")
    ]
    [rule] = rules
    replacement = re.sub(r"\$(\d)", r"\\\1", rule["replacement"])
    assert re.sub(f"^{rule['regex']}$", replacement, f"15020;{address}") == expected


def test_its_volume_goes_with_the_server() -> None:
    kept = spec(retentionDays=30, persistence={"size": "50Gi", "storageClass": "gp3"})
    claim = kept["storageSpec"]["volumeClaimTemplate"]["spec"]
    assert (claim["storageClassName"], claim["resources"]) == ("gp3", {"requests": {"storage": "50Gi"}})
    assert kept["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Delete", "whenScaled": "Delete"}
    assert kept["retention"] == "30d"
    assert "storageSpec" not in spec()


def test_rules_are_an_object_of_the_chart_as_its_kind_comes_with_the_chart() -> None:
    for rules in ({}, {"rules": "prometheusRule"}):
        addon = stack(alerts={**rules, "labels": {"team": "mesh"}})
        made = values(addon)["additionalPrometheusRulesMap"]["fairlead"]
        assert made["additionalLabels"] == {"team": "mesh"}
        assert "fairlead-mesh" in [each["name"] for each in made["groups"]]
        assert addon.shared_objects(Surroundings(addons=(addon,))) == []
    assert values(stack(alerts={"rules": "none"}))["additionalPrometheusRulesMap"] == {}


def test_it_keeps_exemplars_where_that_is_asked_for() -> None:
    assert spec(exemplars=True)["enableFeatures"] == ["exemplar-storage"]
    assert "enableFeatures" not in spec()


def test_alerts_go_to_the_alertmanager_that_is_named() -> None:
    told = spec(alerts={"alertmanager": "http://alertmanager.monitoring:9093"})["additionalAlertManagerConfigs"]
    assert told == [{"scheme": "http", "static_configs": [{"targets": ["alertmanager.monitoring:9093"]}]}]


def test_grafana_and_kiali_ask_it_and_may_reach_its_pods() -> None:
    addon = stack()
    around = Surroundings(addons=(addon, Grafana(), Kiali()))
    assert Kiali().chart_values(around)["external_services"]["prometheus"]["url"] == URL
    [source] = Grafana().chart_values(around)["datasources"]["datasources.yaml"]["datasources"]
    assert source["url"] == URL
    policy = network_policy(addon, around)["spec"]
    selected = {"app.kubernetes.io/name": "prometheus", "operator.prometheus.io/name": "prometheus"}
    assert policy["podSelector"] == {"matchLabels": selected}
    assert len(policy["ingress"][0]["from"]) == 2


def test_an_equals_sign_of_the_operators_definitions_is_text() -> None:
    definition = "kind: CustomResourceDefinition\nspec: {enum: ['!=', =]}\n"
    assert yaml_objects(definition)[0]["spec"]["enum"] == ["!=", "="]
