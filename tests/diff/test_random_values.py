"""Which values of a chart are chance? Those that a second rendering has otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.comparison.random_values import RANDOM_VALUE, without_random_values

pytestmark = pytest.mark.mesh


@pytest.mark.parametrize(
    ("once", "again", "left"),
    [
        ({"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 1, "b": RANDOM_VALUE}),
        ([{"name": "x", "value": 1}], [{"name": "x", "value": 2}], [{"name": "x", "value": RANDOM_VALUE}]),
        ({"a": 1}, {}, {"a": RANDOM_VALUE}),
        ([1], [1, 2], RANDOM_VALUE),
        ({"a": [None, True]}, {"a": [None, True]}, {"a": [None, True]}),
        ("text", {"text": 1}, RANDOM_VALUE),
    ],
)
def test_only_what_differs_is_chance(once: Any, again: Any, left: Any) -> None:
    assert without_random_values(once, again) == left
