"""Does the cluster have the kinds that a stack applies? A real API server, without what brings them and with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from fairlead.cluster.live_cluster import LiveCluster
from tests.fixtures.examined import examined, seen
from tests.fixtures.placed import there, thing

pytestmark = pytest.mark.apiserver

TLS = {"credentialName": "shop", "certificate": "letsencrypt"}
GATEWAY: dict[str, Any] = {
    "name": "front",
    "expose": "clusterIP",
    "ports": [{"port": 443, "protocol": "HTTPS", "hosts": ["shop.example.com"], "tls": TLS}],
}
HOME: dict[str, Any] = {"name": "shop"}


def definition(version: str) -> dict[str, Any]:
    names = {"plural": "wheels", "kind": "Wheel", "singular": "wheel", "listKind": "WheelList"}
    schema = {"openAPIV3Schema": {"type": "object"}}
    return thing(
        *("apiextensions.k8s.io/v1", "CustomResourceDefinition", "wheels.example.com"),
        spec={
            "group": "example.com",
            "names": names,
            "scope": "Namespaced",
            "versions": [{"name": version, "served": True, "storage": True, "schema": schema}],
        },
    )


def wheel(version: str, number: int = 1) -> dict[str, Any]:
    return thing(f"example.com/{version}", "Wheel", f"wheel-{number}", "shop")


def said_of(own_folder: Path, cluster: LiveCluster, *manifests: dict[str, Any]) -> list[tuple[str, str]]:
    (own_folder / "own.yaml").write_text(yaml.safe_dump_all(manifests))
    return seen("kinds", examined(cluster, namespaces=[HOME], objects=[str(own_folder)]))


def test_a_certificate_needs_cert_manager_and_istios_own_kinds_come_with_the_stack(live_cluster: LiveCluster) -> None:
    (plain,) = seen("kinds", examined(live_cluster, gateways=[{**GATEWAY, "ports": [{"port": 80}]}]))
    assert plain[0] == "ok"
    ((verdict, text),) = seen("kinds", examined(live_cluster, gateways=[GATEWAY]))
    assert (verdict, text.startswith("the cluster has no kind Certificate of cert-manager.io/v1, which is for ")) == (
        "failed",
        True,
    )


def test_a_kind_is_named_once_with_the_objects_that_need_it(own_folder: Path, live_cluster: LiveCluster) -> None:
    wheels = [wheel("v1", number) for number in range(5)]
    names = "shop/wheel-0, shop/wheel-1, shop/wheel-2 and 2 more"
    text = f"the cluster has no kind Wheel of example.com/v1, which is for {names}"
    assert said_of(own_folder, live_cluster, *wheels) == [("failed", text)]


def test_a_kind_that_the_stack_brings_itself_is_not_missing(own_folder: Path, live_cluster: LiveCluster) -> None:
    assert [verdict for verdict, _ in said_of(own_folder, live_cluster, definition("v1"), wheel("v1"))] == ["ok"]
    ((verdict, _),) = said_of(own_folder, live_cluster, definition("v1"), wheel("v2"))
    assert verdict == "failed"


def test_a_kind_of_another_version_is_named_with_those_that_are_served(
    own_folder: Path, live_cluster: LiveCluster
) -> None:
    with there(live_cluster, definition("v1beta1")):
        live_cluster.wait_for_definitions(["wheels.example.com"])
        assert [verdict for verdict, _ in said_of(own_folder, live_cluster, wheel("v1beta1"))] == ["ok"]
        text = "the cluster has Wheel as example.com/v1beta1, not as example.com/v1"
        assert said_of(own_folder, live_cluster, wheel("v1")) == [("failed", text)]
    live_cluster.forget_kinds()


def test_kinds_that_the_chart_of_an_addon_brings_are_not_missed(live_cluster: LiveCluster) -> None:
    by_hand = {"prometheus": {"url": "http://prometheus.monitoring:9090", "alerts": {"rules": "prometheusRule"}}}
    ((verdict, text),) = seen("kinds", examined(live_cluster, addons=by_hand))
    assert (verdict, "no kind PrometheusRule of monitoring.coreos.com/v1" in text) == ("failed", True)
    brought = {"prometheus": {"chart": "kube-prometheus-stack"}, "kiali": {"operator": True}}
    ((verdict, _),) = seen("kinds", examined(live_cluster, addons=brought))
    assert verdict == "ok"
