"""Does a diff say the same in a terminal and to a program? What comes first, what is told, and that it never breaks."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from fairlead.comparison.compare import compare
from fairlead.comparison.comparison import Side
from fairlead.comparison.lint_change import LintChange, LintFinding
from fairlead.effects.effect import Effect, Hurt, Kind
from fairlead.evaluation.evaluation import evaluate
from fairlead.reports.json_report import json_report
from fairlead.reports.limits import SMALLEST
from fairlead.reports.markdown.markdown_report import markdown_report
from fairlead.reports.report import Report
from fairlead.reports.text_report import text_report
from fairlead.yaml_files.stack_reader import read_stack_file
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.compared import compared
from tests.fixtures.made_up_reports import BOUNDED, REPORTS

pytestmark = pytest.mark.mesh

FINDING = LintFinding(
    "error", "weights_add_up", "Pulumi.dev.yaml", 4, "apps[0]", "", "they add up to 90", "Make it 100."
)
EFFECTS = (
    Effect("Grafana", "uninstalled"),
    Effect("gateway edge", "its address will change", Hurt.REPLACES),
    Effect("cart", "v2 goes from 30 % to 80 % of requests", kind=Kind.TRAFFIC),
    Effect("shop", "no route is left", Hurt.INTERRUPTS, "keep one", Kind.TRAFFIC),
    Effect("cart", "retries end", kind=Kind.TRAFFIC),
    Effect("security group front", "port 80 is open", Hurt.EXPOSES, "close it"),
)


def settings_map(name: str = "settings", **data: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "web"}, "data": data}


def report(before: list[dict[str, Any]], after: list[dict[str, Any]], **parts: Any) -> Report:
    deploys = parts.pop("deploys", True)
    return Report("dev", "main (1605909)", "the working folder", compared(before, after, deploys=deploys), **parts)


WHOLE = report(
    [settings_map(a="1"), settings_map("gone")],
    [settings_map(a="2"), settings_map("new")],
    effects=EFFECTS,
    lint=LintChange((FINDING,), (), 3),
    notes=("The chart of edge cannot be fetched.",),
)


def test_the_text_says_traffic_then_risks_then_objects_then_lint_then_notes() -> None:
    assert text_report(WHOLE, colours=False).splitlines() == [
        "fairlead diff: stack dev, main (1605909) to the working folder",
        "1 added, 1 changed, 1 removed; risk: 2 high (interrupts traffic, widens access), 1 medium (replaces)",
        "",
        "Traffic",
        "  high  interrupts traffic  shop: no route is left",
        "      -> keep one",
        "  cart:",
        "    v2 goes from 30 % to 80 % of requests",
        "    retries end",
        "",
        "Risks",
        "  high  widens access  security group front: port 80 is open",
        "      -> close it",
        "  medium  replaces  gateway edge: its address will change",
        "  info  Grafana: uninstalled",
        "",
        "Objects",
        "  ~ ConfigMap web/settings",
        "      data.a: '1' -> '2'",
        "  + ConfigMap web/new  added",
        "  - ConfigMap web/gone  removed",
        "",
        "Lint",
        "  1 new finding, 3 remain",
        "  + error  weights_add_up  Pulumi.dev.yaml:4 apps[0]",
        "      they add up to 90",
        "      -> Make it 100.",
        "",
        "Notes",
        "  The chart of edge cannot be fetched.",
    ]


def test_colours_change_no_letter() -> None:
    for verbose in (False, True):
        plain, coloured = (text_report(WHOLE, colours=colours, verbose=verbose) for colours in (False, True))
        assert plain != coloured
        assert re.sub(r"\x1b\[\d+m", "", coloured) == plain


def test_verbose_shows_each_object_line_by_line() -> None:
    text = text_report(WHOLE, colours=False, verbose=True)
    assert '      -  a: "1"\n      +  a: "2"\n' in text
    assert "      +  name: new\n" in text


def test_a_text_of_many_lines_is_told_by_the_lines_that_change() -> None:
    lines = [f"line {number}" for number in range(50)]
    text = text_report(
        report([settings_map(a="\n".join(lines))], [settings_map(a="\n".join([*lines[:20], "new", *lines[21:]]))]),
        colours=False,
    )
    assert "      data.a:\n        -line 20\n        +new" in text


@pytest.mark.parametrize("write", [markdown_report, lambda each: text_report(each, colours=False)])
def test_where_nothing_changes_one_sentence_says_so(write: Any) -> None:
    assert write(report([settings_map()], [settings_map()])).splitlines()[-1] == "No changes."
    assert write(report([settings_map()], [settings_map()], deploys=False)).splitlines()[-1] == "No differences."


@pytest.mark.parametrize("write", [markdown_report, json_report, lambda each: text_report(each, colours=False)])
def test_without_a_comparison_notes_and_lint_are_left(write: Any) -> None:
    written = write(Report("dev", "main", "here", None, lint=LintChange((FINDING,)), notes=("main is broken",)))
    assert "main is broken" in written
    assert "weights_add_up" in written
    assert "No changes" not in written


def test_a_diff_that_could_not_be_done_opens_with_that() -> None:
    made = Report("dev", "the cluster", "here", None, failed=True, not_compared="cluster gone.\nOn?")
    assert text_report(made, colours=False).startswith("Not compared: cluster gone.")
    assert markdown_report(made).startswith("**Not compared: cluster gone.")
    assert json.loads(json_report(made))["notCompared"] == "cluster gone.\nOn?"
    long = replace(made, not_compared="x" * SMALLEST)
    assert markdown_report(long, limit=SMALLEST).startswith("**Not compared.**")


def test_a_diff_that_was_done_does_not_open_so() -> None:
    assert text_report(WHOLE, colours=False).startswith("fairlead diff")
    assert markdown_report(WHOLE).startswith("## fairlead diff")
    assert json.loads(json_report(WHOLE))["notCompared"] is None


def test_between_two_stacks_nothing_is_added_or_removed() -> None:
    text = text_report(report([settings_map("a")], [settings_map("b")], deploys=False), colours=False)
    assert "1 in the working folder only, 1 in main (1605909) only" in text
    assert "removed" not in text


def test_json_has_every_key_whatever_there_is() -> None:
    document = json.loads(json_report(WHOLE))
    keys = ["after", "before", "changes", "effects", "lint", "notCompared", "notes"]
    keys += ["requests", "risks", "stack", "summary"]
    assert [list(document), list(json.loads(json_report(Report("dev", "a", "b", None))))] == [keys, keys]
    assert document["summary"] == {
        **dict.fromkeys(("added", "changed", "removed"), 1),
        **dict.fromkeys(("renamed", "recreated", "objectsOfCharts"), 0),
        "compared": True,
        "risks": 3,
        "grades": {"high": 2, "medium": 1, "low": 0},
    }
    assert [each["hurt"] for each in document["risks"]] == ["interrupts traffic", "widens access", "replaces"]
    assert [(each["kind"], each["grade"]) for each in document["effects"][:3]] == [
        ("risk", "info"),
        ("risk", "medium"),
        ("traffic", "info"),
    ]
    changed, added, removed = document["changes"]
    assert changed["differences"] == [{"path": "data.a", "old": "1", "new": "2"}]
    assert added["differences"] == [{"path": "", "new": settings_map("new")}]
    assert removed["differences"] == [{"path": "", "old": settings_map("gone")}]


def test_what_json_cannot_hold_is_text_there() -> None:
    after = settings_map(day=date(2026, 1, 2), number=float("nan"), key={1: "one"}, half="\ud800")
    differences = json.loads(json_report(report([settings_map()], [after])))["changes"][0]["differences"]
    assert all(each.keys() == {"path", "new"} for each in differences)
    values = {each["path"]: each["new"] for each in differences}
    assert values["data.day"] == "2026-01-02"
    assert values["data.number"] == "nan"
    assert values["data.key"] == {"1": "one"}
    json_report(report([settings_map()], [after])).encode()


@BOUNDED
@given(REPORTS)
def test_no_text_of_theirs_steers_the_terminal_and_nothing_breaks(made: Report) -> None:
    for verbose in (False, True):
        text = text_report(made, colours=False, verbose=verbose)
        assert text.replace("\n", "").replace("\t", "").isprintable()
        assert text == text_report(made, colours=False, verbose=verbose)
    json.loads(json_report(made), parse_constant=pytest.fail)
    json_report(made).encode()


@pytest.mark.snapshot
def test_a_changed_weight_is_two_values_and_a_picture() -> None:
    def dev(*sets: str) -> Side:
        return Side("dev", evaluate(PROGRAM, read_stack_file(PROGRAM, stack="dev", overrides=list(sets))))

    weights = ("apps.helloworld.routes.0.weights.v1=20", "apps.helloworld.routes.0.weights.v2=80")
    made = Report("dev", "main", "here", compare(dev(), dev(*weights)))
    assert text_report(made, colours=False).splitlines()[-3:] == [
        "  ~ VirtualService hello/helloworld",
        "      spec.http[0].route[0].weight: 70 -> 20",
        "      spec.http[0].route[1].weight: 30 -> 80",
    ]
    assert "path exact /hello<br/>30 % → 80 %" in markdown_report(made)
