"""Which weight does the demo change? Not one that a controller manages, as `up` would ignore it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairlead.demo.weight_change import with_one_weight_changed
from fairlead.yaml_files.stack_file import StackFile

pytestmark = pytest.mark.mesh


def stack(*weights: dict[str, Any]) -> StackFile:
    routes = [{"weights": each} for each in weights]
    return StackFile("fairlead", "dev", Path("dev.yaml"), {"fairlead:apps": [{"name": "web", "routes": routes}]})


def test_a_tenth_moves_from_the_largest_share_of_the_first_split() -> None:
    changed = with_one_weight_changed(stack({"v1": 100}, {"v1": 70, "v2": 30}))
    assert changed
    assert changed.config["fairlead:apps"][0]["routes"] == [
        {"weights": {"v1": 100}},
        {"weights": {"v1": 60, "v2": 40}},
    ]


def test_weights_of_a_controller_are_left_to_it() -> None:
    managed = {"v1": 100, "v2": 0, "managedBy": "argo-rollouts"}
    assert with_one_weight_changed(stack(managed)) is None
    changed = with_one_weight_changed(stack(managed, {"v1": 70, "v2": 30}))
    assert changed
    assert changed.config["fairlead:apps"][0]["routes"][0] == {"weights": managed}
