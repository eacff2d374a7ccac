"""Does an object's diff show what is another, where that is, and no more? Its YAML, its lines, what is told once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.comparison.compare import compare
from fairlead.comparison.comparison import Side
from fairlead.reports.line_diff import paired
from fairlead.reports.object_diff import folded, object_diff, of_charts
from fairlead.reports.yaml_lines import dotted, yaml_lines
from fairlead.yaml_files.yaml_text import from_yaml
from tests.fixtures.compared import compared, release, side
from tests.fixtures.hostile_text import TEXTS

pytestmark = pytest.mark.mesh

BOUNDED = settings(max_examples=300, derandomize=True, deadline=None, database=None)
NOT_PLAIN = """yes|No|null|~|1|1.0|1e3|0x1f|0o7|1_000|60s|1.30.3|10.0.0.0/8|2026-01-01|12:30:45|a:|-|?|*|&a|!a|%a|@a
{a}|[a]|a,b|'|"|>|=|<<|é|.5|+1|a: b|a #b| a|a |- a|a\tb|a, b"""
BLOCKS = ["a\n", "a\nb", "\na", "a\n\n", " a\nb", "a\n b\n", "a\n\nb", "|", "\n"]
WORDS = st.sampled_from([*re.split(r"[|\n]", NOT_PLAIN), *BLOCKS])
TEXT = WORDS | TEXTS.filter(lambda text: "\ud800" not in text) | st.text(max_size=8).filter(str.isprintable)
SCALARS = TEXT | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=12
)


def config_map(name: str = "settings", **data: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "web"}, "data": data}


def diff(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    (change,) = compared([before], [after]).changes
    return object_diff(change)


@BOUNDED
@given(st.dictionaries(TEXT, VALUES, max_size=4))
def test_the_lines_are_the_object_in_yaml(value: dict[str, Any]) -> None:
    assert from_yaml("".join(f"{line.text}\n" for line in yaml_lines(value))) == value


@BOUNDED
@given(st.lists(st.sampled_from("abcdef"), max_size=14), st.lists(st.sampled_from("abcdef"), max_size=14))
def test_paired_lines_are_equal_and_in_order_and_none_is_lost(old: list[str], new: list[str]) -> None:
    pairs = paired(old, new)
    assert [place for place, _ in pairs if place is not None] == list(range(len(old)))
    assert [other for _, other in pairs if other is not None] == list(range(len(new)))
    assert all(old[place] == new[other] for place, other in pairs if place is not None and other is not None)


def test_a_line_knows_its_path() -> None:
    lines = yaml_lines({"spec": {"http": [{"route": [{"weight": 70}]}], "a/b": "x\ny"}})
    assert [(dotted(line.path), line.text) for line in lines] == [
        ("spec", "spec:"),
        ("spec.http", "  http:"),
        ("spec.http[0].route", "  - route:"),
        ("spec.http[0].route[0].weight", "    - weight: 70"),
        ("spec['a/b']", "  a/b: |-"),
        ("spec['a/b']", "    x"),
        ("spec['a/b']", "    y"),
    ]


def test_a_change_in_a_list_shows_the_head_of_its_item_and_its_path() -> None:
    def ports(last: int) -> dict[str, Any]:
        items = [{"name": f"p{n}", "a": 1, "b": 2, "c": 3, "d": 4, "port": n} for n in range(4)]
        return config_map(items=[*items, {**items[-1], "name": "last", "port": last}])

    assert diff(ports(1), ports(2)) == [
        "@@ data.items[4].port @@",
        "   - name: last",
        "     a: 1",
        "     b: 2",
        "     c: 3",
        "     d: 4",
        "-    port: 1",
        "+    port: 2",
    ]


def test_a_text_of_many_lines_is_compared_line_by_line() -> None:
    text = "".join(f"line {number}\n" for number in range(40))
    lines = diff(config_map(text=text), config_map(text=text.replace("line 20\n", "line twenty\n")))
    assert [line for line in lines if line[0] in "+-"] == ["-    line 20", "+    line twenty"]
    assert len(lines) == 9


def test_what_comes_or_goes_is_shown_whole() -> None:
    (change,) = compared([], [config_map(a="1")]).changes
    assert object_diff(change) == [f"+{line.text}" for line in yaml_lines(config_map(a="1"))]
    (change,) = compared([config_map(a="1")], []).changes
    assert object_diff(change) == [f"-{line.text}" for line in yaml_lines(config_map(a="1"))]


def test_an_inserted_item_is_the_only_change() -> None:
    items = [{"name": f"n{number}", "value": "same"} for number in range(6)]
    lines = diff(config_map(items=items), config_map(items=[{"name": "new", "value": "same"}, *items]))
    assert [line for line in lines if line[0] in "+-"] == ["+  - name: new", "+    value: same"]


def test_a_secret_is_its_word() -> None:
    before = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"key": "aGlkZGVu"}}
    lines = diff(before, {**before, "data": {"key": "b3RoZXI="}})
    assert [line for line in lines if line[0] in "+-"] == ['-  key: "[secret]"', '+  key: "[another secret]"']


def test_the_same_change_of_many_objects_is_told_once() -> None:
    before = [config_map(f"c{number}", version="1", own=number) for number in range(5)]
    after = [config_map(f"c{number}", version="2", own=number) for number in range(5)]
    (fold,) = folded(compared(before, after).changes)
    assert [each.name for each in fold.changes] == ["c0", "c1", "c2", "c3", "c4"]
    assert fold.lines == ["@@ data.version @@", '-  version: "1"', '+  version: "2"']


def test_objects_of_a_chart_stand_under_their_release() -> None:
    sides = [side([release("istiod", "istiod", version=version)], version) for version in ("1.29.0", "1.30.0")]
    sides = [
        Side(each.label, each.snapshot, {each.snapshot.resources[1].urn: (config_map(version=each.label),)})
        for each in sides
    ]
    changes = compare(*sides).changes
    assert [fold.first.title for fold in folded(changes)] == ["Release istio-system/istiod"]
    assert [fold.first.title for fold in of_charts(changes)["istio-system/istiod"].folds] == ["ConfigMap web/settings"]
