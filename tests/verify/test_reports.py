"""Do reports say the same to people, programs, commits and CI, and does the exit code?"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from fairlead.verify.promise import Evidence, Promise, Standing, Verdict, broken, holds, unasked
from fairlead.verify.reports.json_report import json_report
from fairlead.verify.reports.junit_report import junit_report
from fairlead.verify.reports.markdown_report import markdown_report
from fairlead.verify.reports.summary import exit_code, summary
from fairlead.verify.reports.text_report import p_in_words, verdict_lines

pytestmark = pytest.mark.mesh

PROMISE = Promise("answers-1", "answers", "shop", "GET http://a/: 70 % v1; 30 % v2", "about 300 requests", requests=300)
UNTESTED = replace(PROMISE, id="answers-2", sentence="POST http://a/", how="", untested="POST may change something")
SEEN = Evidence("212 x v1; 90 x v2", "this machine", 302, 0.1, {"v1": 212, "v2": 90}, 0.4)
KEPT, WRONG = holds(PROMISE, SEEN), broken(PROMISE, SEEN, "the proxy has other weights")
OPEN, NOT = unasked(PROMISE, "no address yet"), unasked(UNTESTED, UNTESTED.untested)


@pytest.mark.parametrize(
    ("found", "strict", "code"),
    [
        ([KEPT], False, 0),
        ([KEPT, NOT], False, 0),
        ([KEPT, NOT], True, 2),
        ([KEPT, OPEN], False, 2),
        ([OPEN, WRONG], False, 1),
        ([], False, 2),
    ],
)
def test_the_exit_code_says_how_all_stand(found: list[Verdict], strict: bool, code: int) -> None:
    assert exit_code(found, strict=strict) == code


def test_the_summary_counts_each_kind_and_the_requests() -> None:
    assert summary([KEPT, KEPT, WRONG, OPEN, NOT]) == (
        "1 does not hold, 1 could not be asked, 2 hold, 1 not tested; 906 requests"
    )


def test_a_person_reads_promise_evidence_and_cause() -> None:
    assert list(verdict_lines(WRONG)) == [
        "DOES NOT HOLD  shop: GET http://a/: 70 % v1; 30 % v2",
        "    seen: 212 x v1; 90 x v2 (302 requests from this machine, p = 0.4)",
        "    -> the proxy has other weights",
    ]
    assert list(verdict_lines(NOT)) == ["not tested  shop: POST http://a/", "    POST may change something"]


def test_text_of_others_stays_on_its_line() -> None:
    nasty = replace(SEEN, seen="a\nDOES NOT HOLD\x1b[31m")
    assert all("\n" not in line and "\x1b" not in line for line in verdict_lines(holds(PROMISE, nasty)))


def test_small_p_values_are_not_written_as_none() -> None:
    assert (p_in_words(0.0), p_in_words(0.01234)) == ("< 0.000001", "= 0.012")


def test_programs_read_everything_under_keys_that_stay() -> None:
    said = json.loads(json_report("dev", [WRONG, NOT]))
    first, second = said["promises"]
    assert (first["standing"], first["evidence"]["p"], first["causes"]) == (
        "does not hold",
        0.4,
        ["the proxy has other weights"],
    )
    assert (second["untested"], second["standing"]) == ("POST may change something", "could not be asked")


def test_junit_counts_failures_and_skips() -> None:
    suite = ET.fromstring(junit_report("dev", [KEPT, WRONG, OPEN, NOT]))  # noqa: S314 - our own
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "1", "2")
    (failure,) = suite.iter("failure")
    assert failure.text == "the proxy has other weights"


def test_a_commit_shows_first_what_does_not_hold_and_folds_the_rest() -> None:
    text = markdown_report("dev", [KEPT, WRONG, OPEN, NOT])
    assert text.index("does not hold**") < text.index("could not be asked:") < text.index("<details>")
    assert "the proxy has other weights" in text
    assert text.count("<details>") == text.count("</details>") == 2


def test_markup_in_a_promise_is_shown_as_it_is() -> None:
    nasty = unasked(replace(PROMISE, sentence="GET http://a/`<script>`"), "<img src=x> @everybody")
    text = markdown_report("dev", [nasty])
    assert "<img" not in text
    assert "@everybody" not in text


def test_what_could_not_be_asked_is_neither_kept_nor_broken() -> None:
    assert OPEN.standing is Standing.UNASKED
