"""Does an edit change the weights and nothing else, however the file writes them?"""

from __future__ import annotations

import pytest

from fairlead.shift.edited_text import edited_text
from fairlead.terminal.errors import UserError

pytestmark = pytest.mark.mesh

PATH = ("fairlead:apps", 0, "routes", 0, "weights")
ON_ONE_LINE = """\
# Whose stack this is.
config:
  fairlead:apps:   # all of them
    - {name: shop, port: 80, routes: [{weights: {v1:  70 , 'v2': 30}}]}  # 70/30
  fairlead:wait: false
"""
ON_LINES = """\
config:
  fairlead:apps:
    - name: shop
      routes:
        - weights:
            v1: 70   # the old one
            v2: 30   # the new one
          timeout: 2s
"""


def test_only_the_numbers_change_in_a_map_on_one_line() -> None:
    changed = ON_ONE_LINE.replace("v1:  70 ", "v1:  5 ").replace("'v2': 30", "'v2': 95")
    assert edited_text(ON_ONE_LINE, PATH, {"v1": 5, "v2": 95}) == changed


def test_only_the_numbers_change_in_a_map_on_lines() -> None:
    changed = ON_LINES.replace("v1: 70 ", "v1: 100 ").replace("v2: 30 ", "v2: 0 ")
    assert edited_text(ON_LINES, PATH, {"v1": 100, "v2": 0}) == changed


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_version_that_is_not_there_yet_comes_last(line_end: str) -> None:
    text = ON_LINES.replace("\n", line_end)
    added = text.replace(f"# the new one{line_end}", f"# the new one{line_end}            v3: 10{line_end}")
    assert edited_text(text, PATH, {"v1": 70, "v2": 30, "v3": 10}) == added
    one = ON_ONE_LINE.replace("\n", line_end)
    assert edited_text(one, PATH, {"v1": 70, "v2": 30, "v3": 0}) == one.replace("'v2': 30}", "'v2': 30, v3: 0}")


def test_a_file_without_an_end_of_line_gets_none() -> None:
    text = "config:\n  fairlead:apps:\n  - routes:\n    - weights:\n        v1: 100"
    assert edited_text(text, PATH, {"v1": 90, "v2": 10}) == f"{text[:-3]}90\n        v2: 10"


def test_letters_of_several_bytes_before_it_shift_nothing() -> None:
    text = ON_ONE_LINE.replace("Whose stack", "Für wen — \U0001f6d2 —")
    assert edited_text(text, PATH, {"v1": 71, "v2": 29}) == text.replace("70 ,", "71 ,").replace("30}}", "29}}")


@pytest.mark.parametrize(
    "text",
    [
        "x: &w {v1: 70, v2: 30}\nconfig:\n  fairlead:apps:\n  - routes:\n    - weights: *w\n",
        "x: &r {weights: {v1: 70, v2: 30}}\nconfig:\n  fairlead:apps:\n  - routes:\n    - <<: *r\n",
        'config:\n  fairlead:apps: \'[{"routes": [{"weights": {"v1": 70, "v2": 30}}]}]\'\n',
    ],
    ids=["an alias", "a merge key", "JSON as text"],
)
def test_weights_that_are_written_elsewhere_are_left_to_people(text: str) -> None:
    with pytest.raises(UserError, match="Change these weights by hand"):
        edited_text(text, PATH, {"v1": 1, "v2": 99})
