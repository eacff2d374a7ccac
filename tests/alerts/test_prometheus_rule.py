"""Does an API server take the PrometheusRule that the rules become? With the fields that a Prometheus Operator reads.

The definition here is written after the operator's API reference (PrometheusRuleSpec), strict where that is: a key in a
wrong place, a duration that is none and two groups of a name are rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from fairlead.cluster.api_client import RefusedError
from fairlead.cluster.live_cluster import LiveCluster
from fairlead_mesh.stack import well_formed
from tests.fixtures.evaluated import EXAMPLES, KIND, stack_file
from tests.fixtures.placed import there, thing

pytestmark = pytest.mark.apiserver

TEXT: dict[str, Any] = {"type": "string"}
TEXTS: dict[str, Any] = {"type": "object", "additionalProperties": TEXT}
_UNITS = "".join(f"(([0-9]+){unit})?" for unit in ("y", "w", "d", "h", "m", "s", "ms"))
DURATION: dict[str, Any] = {"type": "string", "pattern": f"^(0|{_UNITS})$"}
RULE: dict[str, Any] = {
    "type": "object",
    "required": ["expr"],
    "properties": {
        "alert": TEXT,
        "record": TEXT,
        "expr": {"x-kubernetes-int-or-string": True},
        "for": DURATION,
        "keep_firing_for": DURATION,
        "labels": TEXTS,
        "annotations": TEXTS,
    },
}
GROUP: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "interval": DURATION,
        "query_offset": DURATION,
        "labels": TEXTS,
        "limit": {"type": "integer"},
        "partial_response_strategy": TEXT,
        "rules": {"type": "array", "items": RULE},
    },
}
GROUPS: dict[str, Any] = {
    "type": "array",
    "items": GROUP,
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"],
}
SPEC: dict[str, Any] = {"type": "object", "properties": {"groups": GROUPS}}
NAME = "prometheusrules.monitoring.coreos.com"
DEFINITION = thing(
    *("apiextensions.k8s.io/v1", "CustomResourceDefinition", NAME),
    spec={
        "group": "monitoring.coreos.com",
        "names": {
            "kind": "PrometheusRule",
            "listKind": "PrometheusRuleList",
            "plural": "prometheusrules",
            "singular": "prometheusrule",
        },
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object", "required": ["spec"], "properties": {"spec": SPEC}}},
            }
        ],
    },
)
ALERTS = {"rules": "prometheusRule", "declaredSplits": True, "labels": {"release": "kube-prometheus-stack"}}
APP: dict[str, Any] = {
    "name": "shop",
    "port": 80,
    "external": {"labels": {"app": "shop"}},
    "slo": {"availability": 99.9, "latency": {"p": 99, "under": "300ms"}},
    "gateways": ["istio-ingress"],
    "versions": [{"name": "v1"}, {"name": "v2"}],
    "routes": [{"weights": {"v1": 90, "v2": 10}}],
}


@pytest.fixture(scope="module", name="cluster")
def _cluster(live_cluster: LiveCluster) -> Iterator[LiveCluster]:
    """One that knows the kind for a while."""
    with there(live_cluster, DEFINITION):
        live_cluster.wait_for_definitions([NAME])
        yield live_cluster
    live_cluster.forget_kinds()


def rule_of(keys: dict[str, Any]) -> dict[str, Any]:
    config = well_formed(keys)
    around = config.around_addons()
    made = [each for addon in config.addons.named for each in addon.shared_objects(around)]
    [found] = [each for each in made if each["kind"] == "PrometheusRule"]
    return {**found, "metadata": {**found["metadata"], "namespace": "default"}}


def whole() -> dict[str, Any]:
    """Every alert and every recording rule that there are."""
    prometheus = {"url": "http://prometheus-operated.monitoring:9090", "alerts": ALERTS}
    gateways = [{"name": "istio-ingress"}]
    return rule_of({"cluster": KIND, "gateways": gateways, "addons": {"prometheus": prometheus}, "apps": [APP]})


def test_an_api_server_takes_the_rules_as_an_object(cluster: LiveCluster) -> None:
    taken = cluster.apply(whole(), dry_run=True)
    assert taken["metadata"]["labels"] == {"release": "kube-prometheus-stack"}
    assert [each["name"] for each in taken["spec"]["groups"]] == [each["name"] for each in whole()["spec"]["groups"]]


@pytest.mark.parametrize(
    "path", [path for path in EXAMPLES if "prometheusRule" in path.read_text()], ids=lambda p: p.stem
)
def test_an_api_server_takes_the_rules_of_an_example(cluster: LiveCluster, path: Any) -> None:
    assert cluster.apply(rule_of(stack_file(path).own_keys()), dry_run=True)["spec"]["groups"]


def changed(**of_group: Any) -> dict[str, Any]:
    made = deepcopy(whole())
    made["spec"]["groups"][0].update(of_group)
    return made


@pytest.mark.parametrize(
    "broken",
    [
        changed(interval="soon"),
        changed(rules=[{"alert": "A", "expr": "up", "for": "1 h"}]),
        changed(rules=[{"alert": "A"}]),
        changed(severity="critical"),
        changed(name="fairlead-mesh"),
    ],
    ids=["interval", "for", "no expression", "key", "name"],
)
def test_what_an_operator_does_not_read_is_rejected(cluster: LiveCluster, broken: dict[str, Any]) -> None:
    """So that the two tests above can fail."""
    with pytest.raises(RefusedError):
        cluster.apply(broken, dry_run=True)
