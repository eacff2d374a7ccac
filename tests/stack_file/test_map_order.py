"""Is a stack the same whatever the order in which its maps are written?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from fairlead_mesh.keys.map_order import by_key
from fairlead_mesh.lint.stack.stack_items import stack_items
from fairlead_mesh.stack import well_formed
from tests.fixtures.evaluated import STACKS, stack_file

pytestmark = pytest.mark.mesh


def turned(value: Any) -> Any:
    """The same with every map written from its end."""
    if isinstance(value, dict):
        return {key: turned(each) for key, each in reversed([*cast("dict[Any, Any]", value).items()])}
    return [turned(each) for each in cast("list[Any]", value)] if isinstance(value, list) else value


def objects_of(keys: dict[str, Any]) -> str:
    return json.dumps([item.manifest for item in stack_items(well_formed(keys), [])])


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_a_stack_whose_maps_are_written_in_another_order_applies_the_same_objects(path: Path) -> None:
    keys = stack_file(path).own_keys()
    assert objects_of(turned(keys)) == objects_of(keys)


def test_versions_follow_each_other_by_the_characters_of_their_names_as_pulumi_hands_them_over() -> None:
    weights = {"v2": 30, "v10": 20, "v1": 50}
    versions = [{"name": name} for name in weights]
    app = {"name": "shop", "port": 80, "versions": versions, "routes": [{"weights": weights}]}
    config = well_formed({"cluster": {"kubeconfig": {"context": "kind"}}, "apps": [app]})
    assert [*config.apps[0].routes[0].shares] == [*json.loads(json.dumps(weights, sort_keys=True))]
    assert [*config.apps[0].routes[0].shares] == ["v1", "v10", "v2"]


def test_lists_keep_their_order_and_a_value_of_an_anchor_stays_one() -> None:
    shared = {"b": 1, "a": 2}
    made = by_key({"y": [shared, "z", "a"], "x": shared, 9090: 1})
    assert [*made] == [9090, "x", "y"]
    assert made["y"] == [{"a": 2, "b": 1}, "z", "a"]
    assert made["y"][0] is made["x"]
