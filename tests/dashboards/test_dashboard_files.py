"""Are the dashboards files that Grafana takes? Their shape is that of kinds/dashboard in grafana/grafana."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import pytest

from fairlead_mesh.addons.grafana import Grafana
from fairlead_mesh.addons.surroundings import Surroundings
from fairlead_mesh.dashboards.boards import BOARDS

pytestmark = pytest.mark.mesh

DOCUMENTS: list[dict[str, Any]] = [board.document() for board in BOARDS]
WIDTH = 24


def grafana(**keys: Any) -> Grafana:
    return Grafana.model_validate(keys)


def test_each_has_an_address_of_its_own_that_grafana_takes() -> None:
    found = [document["uid"] for document in DOCUMENTS]
    assert len(found) == len(set(found))
    assert all(len(uid) <= 40 for uid in found)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: each["uid"])
def test_its_panels_lie_beside_each_other(document: dict[str, Any]) -> None:
    places = [panel["gridPos"] for panel in document["panels"]]
    assert all(place["x"] + place["w"] <= WIDTH for place in places)
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below, (one, other)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: each["uid"])
def test_its_panels_and_their_queries_have_names_of_their_own(document: dict[str, Any]) -> None:
    panels = document["panels"]
    assert len({panel["id"] for panel in panels}) == len({panel["title"] for panel in panels}) == len(panels)
    for panel in panels:
        references = [target["refId"] for target in panel["targets"]]
        assert len(references) == len(set(references)) > 0
        assert all(target["datasource"]["uid"] == "${datasource}" for target in panel["targets"])


def test_a_grafana_mounts_them_and_downloads_nothing() -> None:
    addon = grafana()
    values = addon.chart_values(Surroundings())
    [config_map] = addon.shared_objects(Surroundings())
    assert values["dashboardsConfigMaps"] == {"istio": config_map["metadata"]["name"]}
    assert "dashboards" not in values
    assert "grafana.com" not in json.dumps([values, config_map])
    assert {json.loads(text)["uid"] for text in config_map["data"].values()} == {each["uid"] for each in DOCUMENTS}
    # etcd takes 1.5 MB, the API server 1 MiB of a ConfigMap.
    assert len(json.dumps(config_map)) < 500_000


def test_those_of_grafana_com_come_where_the_stack_file_wants_them() -> None:
    addon = grafana(dashboards="grafanaCom")
    values = addon.chart_values(Surroundings())
    assert values["dashboards"]["istio"]["istio-mesh"] == {"gnetId": 7639, "revision": 300}
    assert "dashboardsConfigMaps" not in values
    assert addon.shared_objects(Surroundings()) == []


def test_an_existing_grafana_gets_them_only_where_the_stack_file_says_so() -> None:
    url = "http://grafana.monitoring:3000"
    assert grafana(url=url).shared_objects(Surroundings()) == []
    [config_map] = grafana(url=url, namespace="monitoring", dashboards="own").shared_objects(Surroundings())
    assert config_map["metadata"]["labels"] == {"grafana_dashboard": "1"}
    assert config_map["metadata"]["namespace"] == "monitoring"
