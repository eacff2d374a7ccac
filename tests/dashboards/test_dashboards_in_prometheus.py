"""Does each panel show something in a Prometheus that has scraped recorded metrics, and ask only for those?"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fairlead_mesh.alerts.rule_groups import recording_groups
from fairlead_mesh.dashboards.boards import BOARDS
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
SPLIT = tuple(
    Share(route, version, percent, "helloworld", version)
    for route, shares in (("beta", {"v1": 0, "v2": 100}), ("route 2", {"v1": 90, "v2": 10}))
    for version, percent in shares.items()
)
PROMISES = (Promise("helloworld", "hello", ("helloworld",), SLO, SPLIT),)
QUERIES = {
    f"{board.name}: {panel.title} {query.legend}": query.expr
    for board in BOARDS
    for panel in board.panels
    for query in panel.queries
}
VARIABLES = {f"{board.name}: {each.name}": (each.metric, each.label) for board in BOARDS for each in board.variables}


def as_grafana_asks(expression: str) -> str:
    """With every variable at All."""
    return re.sub(r"\$(namespace|service|workload|app)\b", ".*", expression.replace("$__rate_interval", "5m"))


@pytest.fixture(scope="module", name="prometheus")
def _prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealPrometheus]:
    folder: Path = tmp_path_factory.mktemp("prometheus")
    with real_prometheus(folder, recording_groups(PROMISES, declared_splits=True)) as server:
        yield server


@pytest.mark.parametrize("name", QUERIES)
def test_a_panel_has_something_to_show(prometheus: RealPrometheus, name: str) -> None:
    found = prometheus.values(as_grafana_asks(QUERIES[name]))
    assert found
    assert all(re.fullmatch(r"[-+\de.]+", series["value"][1]) for series in found), "a value that is no number"


@pytest.mark.parametrize("name", QUERIES)
def test_a_panel_asks_for_metrics_and_labels_that_are_emitted(prometheus: RealPrometheus, name: str) -> None:
    asked = selected(as_grafana_asks(QUERIES[name]))
    grouped = asked.pop("")
    known = {metric: prometheus.labels(metric) for metric in asked}
    assert {metric: labels - known[metric] for metric, labels in asked.items() if labels - known[metric]} == {}
    assert grouped <= set().union(*known.values())


@pytest.mark.parametrize("name", VARIABLES)
def test_a_variable_has_values(prometheus: RealPrometheus, name: str) -> None:
    metric, label = VARIABLES[name]
    series = prometheus.get("series", **{"match[]": as_grafana_asks(metric)})
    assert {each.get(label) for each in series} - {None, ""}


def test_the_measured_split_is_beside_the_declared_one(prometheus: RealPrometheus) -> None:
    found = prometheus.values(as_grafana_asks(QUERIES["promises: Measured split Measured"]))
    shares = {each["metric"]["version"]: float(each["value"][1]) for each in found}
    assert shares == {"v1": pytest.approx(880 / 980, rel=0.01), "v2": pytest.approx(100 / 980, rel=0.01)}
    assert {each["metric"]["source_workload"] for each in found} == {"istio-ingress"}
