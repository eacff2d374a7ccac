"""Does a real Prometheus that has scraped recorded metrics of Istio take each rule, and know what it asks for?"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from fairlead_mesh.alerts.alerts import Alerts
from fairlead_mesh.alerts.rule_groups import alerting_groups, recording_groups
from fairlead_mesh.promises.promise import Promise, Share
from fairlead_mesh.promises.slo import Slo
from tests.fixtures.metrics.real_prometheus import RealPrometheus, real_prometheus
from tests.fixtures.metrics.selectors import selected

pytestmark = [
    pytest.mark.mesh,
    pytest.mark.process,
    pytest.mark.skipif(not shutil.which("prometheus"), reason="no prometheus on PATH (Debian: apt install prometheus)"),
]

SLO = Slo.model_validate({"availability": 99.9, "latency": {"p": 99, "under": "300ms"}})
SPLIT = (Share("route 1", "v1", 90, "helloworld", "v1"), Share("route 1", "v2", 10, "helloworld", "v2"))
PROMISES = (
    Promise("helloworld", "hello", ("helloworld",), SLO, SPLIT),
    Promise("orders", "hello", ("orders",), Slo.model_validate({"availability": 99.9})),
)
GROUPS = [
    *recording_groups(PROMISES, declared_splits=True),
    *alerting_groups(PROMISES, [("istio-ingress", "istio-ingress")], Alerts()),
]
RULES = [rule for group in GROUPS for rule in group["rules"]]


@pytest.fixture(scope="module", name="prometheus")
def _prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealPrometheus]:
    with real_prometheus(tmp_path_factory.mktemp("prometheus"), GROUPS) as server:
        yield server


def test_every_rule_is_evaluated_without_an_error(prometheus: RealPrometheus) -> None:
    found = [rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]]
    assert len(found) == len(RULES)
    assert [(rule["name"], rule.get("lastError")) for rule in found if rule["health"] == "err"] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_asks_for_metrics_and_labels_that_are_emitted(prometheus: RealPrometheus, rule: dict[str, Any]) -> None:
    asked = selected(rule["expr"])
    grouped = asked.pop("")
    known = {metric: prometheus.labels(metric) for metric in asked}
    assert {metric: labels - known[metric] for metric, labels in asked.items() if labels - known[metric]} == {}
    assert [metric for metric, labels in known.items() if not labels] == []
    assert grouped <= set().union(*known.values())


def test_what_is_recorded_is_what_was_scraped(prometheus: RealPrometheus) -> None:
    def value(query: str) -> float:
        [found] = prometheus.values(query)
        return float(found["value"][1])

    assert value('fairlead:slo_bad:ratio_rate5m{app="helloworld", slo="availability"}') == pytest.approx(
        2 / 980, rel=0.01
    )
    assert value('fairlead:slo_bad:ratio_rate5m{app="orders"}') == pytest.approx(3 / 303, rel=0.01)
    # 96 % within 250 ms and 98 % within 500 ms: 96.4 % within 300 ms.
    late = value('fairlead:slo_bad:ratio_rate5m{app="helloworld", slo="latency"}')
    assert late == pytest.approx(0.036, abs=0.002)
    assert value('fairlead:declared_share:ratio{version="v2"}') == pytest.approx(0.1)
