"""How do several stacks share one report? What changes, what does not, and notes once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from fairlead.comparison.lint_change import LintChange, LintFinding
from fairlead.effects.effect import Effect, Hurt, Kind
from fairlead.reports.json_report import json_report, json_reports
from fairlead.reports.limits import SMALLEST
from fairlead.reports.markdown.markdown_report import markdown_report
from fairlead.reports.markdown.markdown_stacks import markdown_reports
from fairlead.reports.report import Report
from fairlead.reports.rooms import rooms
from fairlead.reports.text_report import text_report, text_reports
from tests.fixtures.compared import compared
from tests.fixtures.hostile_text import TEXTS
from tests.fixtures.made_up_reports import BOUNDED, EFFECTS, LINTS

pytestmark = pytest.mark.mesh

UPGRADE = Effect("Istio 1.30.3 to 1.31.1", "sidecars keep the old proxy", Hurt.CONTROL_PLANE, "restart them")
WEIGHTS = Effect("shop", "v2 goes from 30 % to 80 %", kind=Kind.TRAFFIC)
SETTINGS: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}
FINDING = LintFinding("error", "rule", "file", 1, "", "", "", "")
STAND_IN, CIPHER = "Charts stand in.", "A secret is encrypted anew."


def stack(name: str, *effects: Effect, notes: tuple[str, ...] = (STAND_IN,), **parts: Any) -> Report:
    comparison = compared([SETTINGS], [SETTINGS | {"data": {"a": "b"}}] if effects else [SETTINGS])
    return Report(name, "main", "here", **{"comparison": comparison, **parts}, effects=effects, notes=notes)


REPORTS = [
    stack("local", notes=(CIPHER,)),
    stack("dev", UPGRADE, WEIGHTS),
    stack("staging"),
    stack("prod", UPGRADE),
    stack("test", UPGRADE),
]


def test_what_changes_comes_first_and_what_does_not_is_a_line_after_it() -> None:
    markdown = markdown_reports(REPORTS)
    assert [line for line in markdown.splitlines() if line.startswith(("**fair", "## ", "No changes"))] == [
        "**fairlead diff: main to here**",
        "## stack dev",
        "## stacks prod and test",
        "No changes in local and staging.",
        "## Notes",
    ]
    text = text_reports(REPORTS, colours=False)
    lines = [line for line in text.splitlines() if line.startswith(("fair", "stack", "No changes", "Notes"))]
    assert lines == [
        "fairlead diff: main to here",
        "stack dev",
        "stacks prod and test",
        "No changes in local and staging.",
        "Notes",
    ]


def test_a_note_stands_once_with_the_stacks_that_it_is_about() -> None:
    for written in (markdown_reports(REPORTS), text_reports(REPORTS, colours=False)):
        assert written.count(STAND_IN) == written.count(CIPHER) == 1
        assert f"local: {CIPHER}" in written
        assert f"dev, staging, prod and test: {STAND_IN}" in written
    everywhere = [replace(each, notes=(STAND_IN,)) for each in REPORTS]
    assert "\n- Charts stand in." in markdown_reports(everywhere)
    assert text_reports(everywhere, colours=False).endswith("\nNotes\n  Charts stand in.")


def test_a_stack_with_another_finding_is_no_unchanged_one() -> None:
    found = stack("linted", lint=LintChange(new=(FINDING,)))
    left = stack("left", lint=LintChange(remaining=3))
    markdown = markdown_reports([found, left])
    assert "## stack linted" in markdown
    assert "No changes in left." in markdown


def test_a_stack_that_could_not_be_compared_is_told_by_itself() -> None:
    broken = Report("broken", "main", "here", None, failed=True, not_compared="the file is no YAML")
    other = replace(broken, stack="other", not_compared="nor is this")
    markdown = markdown_reports([broken, other, stack("dev")])
    assert "## stack broken\n\n**Not compared: the file is no YAML**\n\n## stack other" in markdown
    text = text_reports([broken, other, stack("dev")], colours=False)
    assert "stack other\nNot compared: nor is this\n" in text


def test_one_stack_is_written_as_ever() -> None:
    for report in REPORTS:
        assert markdown_reports([report]) == markdown_report(report)
        assert text_reports([report], colours=False) == text_report(report, colours=False)
        assert json_reports([report]) == json_report(report)


def test_a_program_reads_the_report_of_each_stack() -> None:
    assert json.loads(json_reports(REPORTS)) == {"stacks": [json.loads(json_report(each)) for each in REPORTS]}


def test_a_short_report_stays_whole_beside_a_long_one() -> None:
    much = [Effect(f"app-{number}", f"{'x' * number} moves", kind=Kind.TRAFFIC) for number in range(400)]
    long = stack("long", *much)
    markdown = markdown_reports([long, *REPORTS], limit=6_000)
    assert 3_000 < len(markdown) <= 6_000
    assert markdown_report(REPORTS[1]).partition("### Traffic")[2].partition("### Notes")[0].strip() in markdown
    assert markdown.count("Shortened to fit.") == 1


def test_stacks_without_room_are_numbers_and_then_a_number() -> None:
    many = [stack(f"stack-{number}", WEIGHTS, Effect(f"a{number}", "b", Hurt.DELETES)) for number in range(300)]
    markdown = markdown_reports(many, limit=5_000)
    assert len(markdown) <= 5_000
    assert "- **stack stack-0**: 1 changed; risk: 1 medium (deletes)\n" in markdown
    assert "more stacks\n" in markdown


STACKS = st.builds(
    Report,
    TEXTS,
    st.just("main"),
    TEXTS,
    st.none() | st.builds(compared, st.just([]), st.lists(st.just(SETTINGS), max_size=1)),
    st.lists(EFFECTS, max_size=4).map(tuple),
    st.none() | LINTS,
    st.lists(TEXTS, max_size=3).map(tuple),
)


@BOUNDED
@given(st.lists(STACKS, min_size=2, max_size=5), st.sampled_from([SMALLEST, 3_000, 60_000]))
def test_any_stacks_fit_any_limit_and_close_all_that_they_open(made: list[Report], limit: int) -> None:
    markdown = markdown_reports(made, limit=limit)
    assert len(markdown) <= limit
    tokens = MarkdownIt("commonmark").parse(f"{markdown}\n\nthe end")
    html = "".join(each.content for each in tokens if each.type == "html_block")
    for tag in ("details", "blockquote"):
        assert html.count(f"<{tag}>") == html.count(f"</{tag}>")
    assert tokens[-2].content == "the end"
    assert tokens[-1].level == 0
    json.loads(json_reports(made), parse_constant=pytest.fail)
    text = text_reports(made, colours=False)
    assert text.replace("\n", "").replace("\t", "").isprintable()


@pytest.mark.parametrize("room", [0, 1, 7, 100, 1000])
@pytest.mark.parametrize("lengths", [[], [5], [5, 5], [1, 90, 400], [300, 2, 300], [1000, 1000, 0]])
def test_rooms_are_never_more_than_there_is_and_never_less_than_a_fair_share(lengths: list[int], room: int) -> None:
    given = rooms(lengths, room)
    assert sum(given) <= room
    assert all(has <= wants for has, wants in zip(given, lengths, strict=True))
    assert all(has == wants or has >= room // len(lengths) for has, wants in zip(given, lengths, strict=True))
    assert sum(lengths) > room or given == lengths
