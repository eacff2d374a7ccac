"""Does the comment of a pull request always fit, always close what it opens, and never take a name for markup?"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from fairlead.effects.effect import Effect, Hurt, Kind
from fairlead.reports.json_report import json_report
from fairlead.reports.limits import SMALLEST
from fairlead.reports.markdown.markdown_report import markdown_report
from fairlead.reports.markdown.markdown_text import code, fenced, text
from fairlead.reports.report import Report
from fairlead.reports.text_report import text_report
from fairlead.reports.wording import numbers
from fairlead.terminal.printable import one_line
from tests.fixtures.compared import compared
from tests.fixtures.hostile_text import HOSTILE
from tests.fixtures.made_up_reports import BOUNDED, EFFECTS, REPORTS

pytestmark = pytest.mark.mesh

OURS = re.compile(r"</?(details|blockquote)>|<summary>(?:[^<>]|</?code>)*</summary>")
HEADINGS = {"Traffic", "Risks", "Objects", "Lint", "Notes"}


def report(*effects: Effect, **parts: Any) -> Report:
    return Report("dev", "main", "the working folder", **{"comparison": compared([], []), **parts}, effects=effects)


def tokens(markdown: str) -> list[Token]:
    """As a reader of CommonMark with GitHub's additions takes it, without what stands in code."""
    parsed = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    return [inner for token in parsed for inner in (token, *(token.children or ()))]


def shown(markdown: str) -> str:
    """The text that is left when all markup is read."""
    inner = (each.content for each in tokens(markdown) if each.type in ("text", "code_inline"))
    return "".join(inner).replace("\u200b", "")


@BOUNDED
@given(REPORTS, st.sampled_from([SMALLEST, 2_000, 4_000, 60_000]))
def test_any_report_fits_any_limit_and_closes_all_that_it_opens(made: Report, limit: int) -> None:
    markdown = markdown_report(made, limit=limit)
    assert len(markdown) <= limit
    found = tokens(f"{markdown}\n\nthe end")
    html = "\n".join(each.content for each in found if each.type in ("html_block", "html_inline"))
    assert OURS.sub("", html).strip() == ""
    for tag in ("details", "summary", "blockquote"):
        assert html.count(f"<{tag}>") == html.count(f"</{tag}>")
    assert found[-2].content == "the end"
    assert found[-1].level == 0
    assert all(each.info in ("diff", "mermaid") for each in found if each.type == "fence")
    assert not {"link_open", "image", "table_open", "s_open", "em_open", "hr"} & {each.type for each in found}
    words = [found[place + 1].content for place, each in enumerate(found) if each.type == "heading_open"]
    assert words[0].startswith("fairlead diff")
    assert set(words[1:]) <= HEADINGS


@BOUNDED
@given(REPORTS, st.sampled_from([SMALLEST, 60_000]))
def test_every_kind_of_risk_is_named_whatever_the_limit(made: Report, limit: int) -> None:
    markdown = markdown_report(made, limit=limit)
    assert all(each.hurt.words in markdown for each in made.risks if each.hurt)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_text_reads_as_it_was_meant(hostile: str) -> None:
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in hostile).split())
    assert shown(f"x {text(hostile)}") == f"x {plain}".rstrip()
    assert shown(f"x {code(hostile)}") == f"x {plain}".rstrip()


def test_what_stands_in_backticks_is_code() -> None:
    assert text("run `pulumi up` *now*") == r"run `pulumi up` \*now\*"


@pytest.mark.parametrize("words", ["ask @somebody", "see #12", "see !7", "https://x.example", "www.x.example"])
def test_nobody_is_called_and_nothing_linked(words: str) -> None:
    assert not re.search(r"@\w|#\d|!\d|://|www\.\w", text(words).replace("&#8203;", " "))


def test_a_fence_is_longer_than_any_in_it() -> None:
    assert fenced("diff", ["+````", "```"]) == "`````diff\n+````\n```\n`````"


def test_the_worst_risk_comes_first_and_stays() -> None:
    lesser = [Effect(f"gateway {number}", "moves " * number, Hurt.REPLACES, "wait") for number in range(99)]
    worst = Effect("shop", "no route is left", Hurt.INTERRUPTS, "keep one")
    markdown = markdown_report(report(*lesser, worst), limit=2_000)
    risks = [line for line in markdown.splitlines() if line.startswith("- ")]
    assert risks[0] == "- 🔴 **high** · interrupts traffic · **shop**: no route is left  "
    assert re.fullmatch(r"- and \d+ more: \d+ medium \(replaces\)", risks[-1])


def test_a_sentence_that_is_too_long_leaves_its_kind() -> None:
    markdown = markdown_report(
        report(Effect("shop", "x" * 9_000, Hurt.REFUSES), Effect("cart", "x", Hurt.DELETES)), limit=2_000
    )
    assert "2 sentences: 1 high (rejects clients), 1 medium (deletes)." in markdown


def test_what_no_limit_holds_is_left_to_its_number() -> None:
    objects = [{"apiVersion": "v1", "kind": f"{'Long' * 9}{number}", "metadata": {"name": "a"}} for number in range(80)]
    made = Report("dev", "x" * 3_000, "here", compared([], objects))
    assert markdown_report(made, limit=2_000).startswith("## fairlead diff\n\n80 added\n")
    assert "80 objects in all." in markdown_report(made, limit=2_000)
    assert len(markdown_report(made, limit=2_000)) <= 2_000


def test_many_objects_are_folded_once_more() -> None:
    objects = [
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": f"s{number}"}, "data": {"key": "aGlkZGVu"}}
        for number in range(40)
    ]
    markdown = markdown_report(report(comparison=compared([], objects)))
    assert "<summary>All 40 diffs</summary>" in markdown
    assert markdown.count('+  key: "[secret]"') == 40
    assert "aGlkZGVu" not in markdown


def test_a_long_diff_is_a_line_with_its_length_before_a_short_one_is() -> None:
    def settings_map(name: str, lines: int, word: str) -> dict[str, Any]:
        data = {"text": "\n".join(f"{word} {number}" for number in range(lines))}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}

    sides = [[settings_map("long", 3_000, word), settings_map("short", 2, word)] for word in ("old", "new")]
    markdown = markdown_report(report(comparison=compared(*sides)), limit=9_000)
    assert "A diff of 6,004 lines, too long for a comment." in markdown
    assert "+    new 1" in markdown


def test_each_sentence_stands_once_requests_under_traffic_and_the_rest_under_risks() -> None:
    markdown = markdown_report(
        report(
            Effect("cart", "v2 gets 5 %", kind=Kind.TRAFFIC),
            Effect("Grafana", "installed"),
            Effect("shop", "its answers change", kind=Kind.TRAFFIC),
            Effect("shop", "no route is left", Hurt.INTERRUPTS, "keep one", Kind.TRAFFIC),
            Effect("edge", "its pods restart", Hurt.RESTARTS),
            Effect("disk", "deleted", Hurt.DELETES, "copy it"),
        )
    )
    assert markdown.partition("### Traffic\n")[2].splitlines() == [
        "",
        "- **shop**:",
        "  - 🔴 **high** · interrupts traffic · no route is left  ",
        "    → keep one",
        "  - its answers change",
        "- **cart**: v2 gets 5 %",
        "",
        "### Risks",
        "",
        "- 🟠 **medium** · deletes · **disk**: deleted  ",
        "  → copy it",
        "- 🟡 **low** · restarts pods · **edge**: its pods restart",
        "- ⚪ **info** · **Grafana**: installed",
    ]


def plain(words: str) -> str:
    """Without the backticks that Markdown reads, and with single spaces."""
    return " ".join(words.replace("`", "").split())


@BOUNDED
@given(st.lists(EFFECTS, max_size=9))
def test_the_formats_agree_on_every_sentence_and_its_grade(effects: list[Effect]) -> None:
    made = report(*effects, comparison=compared([], [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}]))
    said = json.loads(json_report(made))
    terminal, markdown = plain(text_report(made, colours=False)), plain(shown(markdown_report(made)))
    for each in said["effects"]:
        for words in (each["text"], each.get("advice", "")):
            assert plain(one_line(words)) in terminal
            assert plain(one_line(words)) in markdown
    grades = [(grade, sum(each["grade"] == grade for each in said["effects"])) for grade in ("high", "medium", "low")]
    assert said["summary"]["grades"] == dict(grades)
    head = ", ".join(f"{number} {grade}" for grade, number in grades if number)
    told = re.sub(r" \([a-z, ]*\)", "", numbers(made))
    assert told == f"1 added{f'; risk: {head}' if head else ''}"
    assert numbers(made) in terminal
    assert numbers(made) in markdown


def test_what_is_summed_up_says_so_and_what_is_whole_does_not() -> None:
    many = [Effect(f"app-{number}", f"v2 goes from {number} % to 80 %", kind=Kind.TRAFFIC) for number in range(500)]
    assert "--format text" not in markdown_report(report(*many))
    summed_up = markdown_report(report(*many), limit=3_000)
    assert "`fairlead diff … --format text --verbose` shows all of it" in summed_up
    assert re.search(r"- and \d+ more like these", summed_up)


def test_what_is_said_of_many_is_said_once() -> None:
    many = [Effect(f"app-{number}", "callers are refused") for number in range(30)]
    assert "**app-0**, **app-1**" in markdown_report(report(*many))
    assert "**app-9** and 20 more: callers are refused" in markdown_report(report(*many))
