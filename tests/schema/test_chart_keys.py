"""Does the table of Istio's chart values know what the charts themselves say?"""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from fairlead.cluster.charts import ISTIO_CHARTS
from fairlead.cluster.toolchain import Toolchain
from fairlead_mesh.lint.stack.chart_keys import unknown_fields, unknown_values
from fairlead_mesh.versions import ISTIO_VERSION

MINOR = int(ISTIO_VERSION.split(".")[1])


def told(chart: str, values: dict[str, Any], minor: int = MINOR) -> list[tuple[str, str | None]]:
    return [(".".join(each.path), each.meant) for each in unknown_values(chart, minor, values)]


@pytest.mark.apiserver
@pytest.mark.parametrize("chart", ["base", "istiod", "gateway"])
def test_the_defaults_of_a_chart_written_as_values_are_all_known(toolchain: Toolchain, chart: str) -> None:
    file = toolchain.istio_charts() / ISTIO_CHARTS[chart] / "values.yaml"
    values: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    defaults = values["_internal_defaults_do_not_set"]
    assert defaults
    assert told(chart, defaults) == []


@pytest.mark.mesh
def test_what_stood_below_pilot_once_is_still_read_there() -> None:
    assert told("istiod", {"pilot": {"autoscaleMin": 2, "env": {"ANY": "thing"}}}) == []
    assert told("istiod", {"pilot": {"autoscaleMn": 2}}) == [("pilot.autoscaleMn", "autoscaleMin")]


@pytest.mark.mesh
def test_a_value_of_another_version_is_told_with_the_versions_that_have_it() -> None:
    (early,) = unknown_values("istiod", 24, {"pdb": {"minAvailable": 1}})
    assert early.elsewhere is not None
    assert early.elsewhere[0] == 27
    assert told("istiod", {"pdb": {"minAvailable": 1}}, 27) == []


@pytest.mark.mesh
def test_a_version_newer_than_the_table_has_its_newest_values() -> None:
    assert told("istiod", {"pdb": {"minAvailable": 1}}, 99) == []


@pytest.mark.mesh
def test_a_map_of_ones_own_templates_is_told_only_of_slips() -> None:
    proxy = {"logLevl": "debug", "ofMyOwnTemplate": True}
    assert told("istiod", {"global": {"proxy": proxy}}) == [("global.proxy.logLevl", "logLevel")]


@pytest.mark.mesh
def test_fields_of_a_mesh_config_are_known_by_both_of_their_names() -> None:
    assert list(unknown_fields(MINOR, {"access_log_file": "a", "accessLogEncoding": "JSON"})) == []
    (slip,) = unknown_fields(MINOR, {"defaultConfig": {"proxy_metdata": {}}})
    assert (slip.path, slip.meant) == (("defaultConfig", "proxy_metdata"), "proxyMetadata")
