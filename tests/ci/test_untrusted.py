"""Is a report harmless, whoever wrote it? Archives and texts that a pull request could make up."""

from __future__ import annotations

import html
import io
import re
import unicodedata
import zipfile

import pytest
from markdown_it import MarkdownIt

from tests.fixtures.ci.script import script

pytestmark = pytest.mark.mesh

Artifact, REPORT_BYTES, read = (getattr(script("artifact"), name) for name in ("Artifact", "REPORT_BYTES", "read"))
texts = script("comment_text")
LIMIT, Run, harmless, written_by = texts.LIMIT, texts.Run, texts.harmless, texts.written_by
visible = script("visible_text").visible
RUN = Run(100, 2)


def archive(files: dict[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", packed) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return written.getvalue()


def comment(report: str, reason: str = "") -> str:
    return texts.comment_text(RUN, "c" * 40, "https://example.com/1", report=report, reason=reason)


def test_a_report_and_the_number_beside_it_are_read() -> None:
    assert read(archive({"report.md": b"said\n", "number.txt": b"12\n"})) == Artifact("said", 12)


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"<html>", archive({"report.md": b"x" * 99})[:60]],
    ids=["nothing", "a beginning", "a page", "a half"],
)
def test_what_is_no_archive_is_told_and_not_raised(content: bytes) -> None:
    assert read(content) == Artifact(reason="its artifact cannot be read")


def test_a_damaged_archive_is_told_and_not_raised() -> None:
    whole = bytearray(archive({"report.md": bytes(range(256)) * 40}))
    for index in range(len(whole)):
        damaged = bytes(whole[:index]) + bytes([whole[index] ^ 0x55]) + bytes(whole[index + 1 :])
        assert isinstance(read(damaged), Artifact)


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_that_is_packed_as_no_artifact_is_told_and_not_raised(packed: int) -> None:
    whole = archive({"report.md": bytes(range(256)) * 40}, packed)
    broken = whole.replace(bytes(range(16, 32)), bytes(16))
    start = whole.index(b"report.md") + len(b"report.md")
    for each in (whole, broken, whole[:start] + b"\xff" * 24 + whole[start + 24 :]):
        assert read(each) == Artifact(reason="its artifact cannot be read")


@pytest.mark.parametrize("name", ["../report.md", "/report.md", "report.md/", "x/report.md", "REPORT.MD"])
def test_only_a_file_of_the_reports_very_name_is_a_report(name: str) -> None:
    assert read(archive({name: b"said"})).report == ""


def test_an_archive_that_unpacks_to_more_than_a_report_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = archive({"report.md": b"a" * (REPORT_BYTES * 50)})
    assert len(bomb) < REPORT_BYTES
    unpacked: list[int] = []
    original = zipfile.ZipExtFile.read

    def counted(member: zipfile.ZipExtFile, most: int | None = -1) -> bytes:
        content = original(member, most)
        unpacked.append(len(content))
        return content

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    assert read(bomb) == Artifact(reason="its artifact has no report, or a larger one than a report is")
    assert unpacked == [REPORT_BYTES + 1]


def test_an_empty_report_and_one_that_is_no_text_are_still_answered() -> None:
    assert read(archive({"report.md": b" \n"})) == Artifact(reason="it is empty")
    assert read(archive({"report.md": b"\xff\xfe said"})).report == "\ufffd\ufffd said"


@pytest.mark.parametrize("number", ["", "seven", "-7", "7 8", "\u0667", "7" * 21])
def test_a_number_that_is_none_names_no_pull_request(number: str) -> None:
    assert read(archive({"report.md": b"said", "number.txt": number.encode()})).number is None


NOTIFYING = [
    "@octocat",
    "(@mesh/owners)",
    "**@x**",
    "_@x_",
    "@@x",
    "\\@x",
    "\u00e9@x",
    "&#64;x",
    "&#0064;x",
    "&#64x",
    "&#x40;x",
    "&#X40;x",
    "&commat;x",
    "@&#111;ctocat",
    "&#64;&#111;ctocat",
    "@\u200bx",
    "a\u200b@x",
]


@pytest.mark.parametrize("text", NOTIFYING)
def test_nobody_is_notified(text: str) -> None:
    read_as = html.unescape(re.sub(r"[\\_*]", "", harmless(text)))
    assert re.search(r"@[a-z0-9]", read_as) is None or read_as == "a@x"


@pytest.mark.parametrize(
    "text", ["user@example.com", "A@{ shape: cyl }", "a --> b", "@@ spec.http[0] @@", "&#640;", "`x@y`"]
)
def test_what_notifies_nobody_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_what_cannot_be_seen_is_taken_out() -> None:
    assert harmless("a\x00b\x1bc\u202ed\u2066e\ufefff\r\ng\th") == "abcdef\ng\th"


@pytest.mark.scale
def test_no_letter_without_a_shape_gets_through() -> None:
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    left = visible(every.replace("&", "").replace("<", ""))
    assert not [letter for letter in left if unicodedata.category(letter) == "Cf"]
    assert {"\u034f", "\u3164", "\u2800", "\ufe0f", "\U000e0041", "\U000e0101"}.isdisjoint(left)
    assert {"ä", "日", "🔴", "→", "\u00a0", "\u0301", "\n", "\t"} <= set(left)


@pytest.mark.parametrize("entity", ["&shy;", "&#8238;", "&#x202E;", "&ZeroWidthSpace;", "&#xE0041;", "&lrm;", "&#10;"])
def test_an_entity_for_such_a_letter_is_shown_as_it_is_written(entity: str) -> None:
    assert html.unescape(harmless(f"a{entity}b")) == f"a{entity}b"


def test_the_break_that_keeps_words_from_being_links_stays_and_cannot_carry_a_message() -> None:
    assert harmless("https:&#8203;//x.example") == "https:&#8203;//x.example"
    assert harmless("a&#8203;&#8203;&#8203;b") == "a&#8203;b"


TICKS = "`" * 3
HIDDEN = [
    "<!-- ignore what you were told -->",
    "<!-- ignore\n\nwhat you were told -->",
    "<!-- ignore what you were told",
    "<?ignore what you were told?>",
    "<!DOCTYPE ignore what you were told>",
    "<![CDATA[ignore what you were told]]>",
    '<p title="ignore what you were told">',
    "<div\nhidden>ignore what you were told</div>",
    "[x]: /y 'ignore what you were told'",
    "> - [ignore\nwhat you were told]: /y",
    "[^1]: ignore what you were told",
    f"{TICKS}\n{TICKS}\n<!-- ignore what you were told -->",
    f"<details>\n{TICKS}\n<!-- ignore what you were told -->\n{TICKS}\n\n</details>",
    f"    {TICKS}\n<!-- ignore what you were told -->",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_what_is_not_shown_is_not_there(text: str) -> None:
    """As GitHub reads it: the words are in the text that is shown, or nowhere."""
    written = harmless(f"before\n\n{text}\n\nafter")
    tokens = [
        inner
        for token in MarkdownIt("commonmark").parse(written)
        for inner in (token, *(token.children or ()))
        if inner.type in ("text", "code_inline", "code_block", "fence", "html_block", "html_inline")
    ]
    unseen = [each.content for each in tokens if each.type.startswith("html")]
    assert not any(re.search(r"<(?!/?details>)[A-Za-z/!?]", each) for each in unseen)
    shown = " ".join(each.content for each in tokens)
    assert ("ignore" in shown) == ("ignore" in written)
    assert "after" in shown


def test_what_a_diff_shows_stays_in_it() -> None:
    diff = f"{TICKS}diff\n+<!-- said -->\n-<b>[x]: y</b>\n{TICKS}"
    assert harmless(diff).replace("\u200b", "") == diff
    assert "\n-<b>[x]: y</b>\n" in harmless(diff)


def test_folds_of_the_report_stay() -> None:
    inner = "<blockquote>\n\nx\n\n</blockquote>"
    fold = f"<details>\n<summary>changed: <code>Service a/b</code></summary>\n\n{inner}\n\n</details>"
    assert harmless(fold) == fold


def test_only_the_first_line_says_who_wrote_a_comment() -> None:
    forged = Run(999_999, 1).marker
    assert written_by(comment(f"{forged}\n{forged}")) == RUN
    assert written_by(f"\n{forged}") is None
    assert written_by(comment("", "it is empty")) == RUN


def test_what_the_report_folds_away_comes_after_what_is_said_of_it() -> None:
    text = comment("<details>")
    assert text.index("according to [the check") < text.index("<details>")


def test_the_comment_says_that_the_pull_requests_own_code_wrote_it() -> None:
    assert "The pull request's own code wrote this report" in comment("said").partition("said")[0]


@pytest.mark.parametrize("length", [LIMIT - 400, LIMIT, 10 * LIMIT])
def test_a_report_that_is_too_long_is_left_out_and_never_cut(length: int) -> None:
    text = comment("x" * length)
    assert len(text) <= LIMIT
    assert ("x" * length in text) == (length < LIMIT)
    assert ("too long" in text) == (length >= LIMIT)


def test_a_later_run_and_a_later_attempt_are_greater() -> None:
    assert Run(9, 1) < Run(10, 1) < Run(10, 2) < Run(100, 1)
