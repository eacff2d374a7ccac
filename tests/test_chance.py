"""Which values of a chart are chance? Those that a second rendering has otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.comparison.chance import CHANCE, without_chance

pytestmark = pytest.mark.mesh


@pytest.mark.parametrize(
    ("once", "again", "left"),
    [
        ({"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 1, "b": CHANCE}),
        ([{"name": "x", "value": 1}], [{"name": "x", "value": 2}], [{"name": "x", "value": CHANCE}]),
        ({"a": 1}, {}, {"a": CHANCE}),
        ([1], [1, 2], CHANCE),
        ({"a": [None, True]}, {"a": [None, True]}, {"a": [None, True]}),
        ("text", {"text": 1}, CHANCE),
    ],
)
def test_only_what_differs_is_chance(once: Any, again: Any, left: Any) -> None:
    assert without_chance(once, again) == left
