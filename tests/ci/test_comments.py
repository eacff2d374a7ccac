"""Does the report of a check reach the right comment, whatever GitHub and the report say? Against a stand-in for gh."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.ci.fake_gh import BOT
from tests.fixtures.ci.github_stand_in import NEWER, REPORT, SHA, GitHub, pull, zipped

pytestmark = [pytest.mark.mesh, pytest.mark.process]

MARKER = "<!-- fairlead report of run {}, attempt {} -->"


@pytest.fixture
def github(tmp_path: Path) -> GitHub:
    return GitHub(tmp_path)


def test_a_fork_gets_the_report_as_a_comment(github: GitHub) -> None:
    code, said = github.ended()
    assert (code, said) == (0, "#7 has a comment.")
    (body,) = github.bodies()
    assert body.startswith(MARKER.format(100, 1))
    assert REPORT.strip() in body
    assert SHA[:10] in body
    assert "https://example.com/runs/100" in body


def test_the_next_check_brings_the_same_comment_up_to_date(github: GitHub) -> None:
    github.ended()
    github.archive = zipped(report_md="nothing changes")
    code, said = github.ended(101)
    assert (code, said) == (0, "The comment of #7 is up to date.")
    (body,) = github.bodies()
    assert body.startswith(MARKER.format(101, 1))
    assert "nothing changes" in body
    assert REPORT.strip() not in body


def test_a_run_that_is_started_anew_is_newer(github: GitHub) -> None:
    github.ended(100, 1)
    github.ended(100, 2)
    assert [body.partition("\n")[0] for body in github.bodies()] == [MARKER.format(100, 2)]


@pytest.mark.parametrize(("run", "attempt"), [(99, 1), (99, 7), (100, 1)])
def test_an_older_run_that_ends_later_leaves_the_newer_report(github: GitHub, run: int, attempt: int) -> None:
    github.ended(100, 2)
    code, said = github.ended(run, attempt)
    assert code == 0
    assert "is newer" in said
    assert github.changes() == ["POST"]


@pytest.mark.parametrize("before", [99, 100, 150, 200])
def test_the_comment_is_found_behind_hundreds_of_others(github: GitHub, before: int) -> None:
    others = [{"id": 1000 + index, "user": {"login": "guest", "type": "User"}, "body": "hm"} for index in range(before)]
    own = {"id": 5, "user": BOT, "body": MARKER.format(1, 1)}
    github.state["comments"]["7"] = [*others, own, *({**each, "id": each["id"] + 500} for each in others)]
    code, said = github.ended()
    assert (code, said) == (0, "The comment of #7 is up to date.")
    assert len(github.bodies()) == 2 * before + 1
    assert github.changes() == ["PATCH"]


@pytest.mark.parametrize(
    "other",
    [
        {"user": {"login": "guest", "type": "User"}, "body": MARKER.format(1, 1)},
        {"user": {"login": "guest[bot]", "type": "Bot"}, "body": MARKER.format(1, 1)},
        {"user": {"login": "github-actions[bot]", "type": "User"}, "body": MARKER.format(1, 1)},
        {"user": BOT, "body": f"> {MARKER.format(1, 1)}"},
        {"user": BOT, "body": "built"},
        {"user": None, "body": None},
    ],
)
def test_nobody_elses_comment_is_touched(github: GitHub, other: dict[str, Any]) -> None:
    github.state["comments"]["7"] = [{"id": 5, **other}]
    assert github.ended()[0] == 0
    kept, new = github.state["comments"]["7"]
    assert kept == {"id": 5, **other}
    assert REPORT.strip() in new["body"]


def test_a_comment_that_was_deleted_is_written_anew(github: GitHub) -> None:
    github.state["comments"]["7"] = [{"id": 5, "user": BOT, "body": MARKER.format(1, 1)}]
    github.state["refuse"] = {"PATCH repos/mesh/stack/issues/comments/5": "gh: Not Found (HTTP 404)"}
    assert github.ended() == (0, "#7 has a comment.")
    assert github.changes() == ["PATCH", "POST"]


def test_a_commit_that_was_pushed_meanwhile_is_left_to_its_own_check(github: GitHub) -> None:
    github.state["pulls"] = [pull(sha=NEWER)]
    code, said = github.ended()
    assert code == 0
    assert "has moved on" in said
    assert github.changes() == []
    assert github.asked("artifacts") == 0


LOST = pull()
LOST["head"]["repo"] = None


@pytest.mark.parametrize("pulls", [[], [pull(state="closed")], [pull(repository="guest/another-fork")], [LOST]])
def test_without_an_open_pull_request_of_this_head_nothing_is_written(github: GitHub, pulls: list[Any]) -> None:
    github.state["pulls"] = pulls
    code, said = github.ended()
    assert code == 0
    assert "No open pull request comes from guest:weights" in said
    assert github.changes() == []


@pytest.mark.parametrize("fields", [{"head_repository": None}, {"head_branch": None}])
def test_a_fork_that_was_deleted_is_no_error(github: GitHub, fields: dict[str, Any]) -> None:
    code, said = github.ended(**fields)
    assert code == 0
    assert "no longer exists" in said


@pytest.mark.parametrize(("named", "written"), [("8", [8]), ("7\n", [7]), ("9", []), ("x", []), ("", []), ("-7", [])])
def test_the_report_chooses_only_among_pull_requests_of_the_same_head(
    github: GitHub, named: str, written: list[int]
) -> None:
    github.state["pulls"] = [pull(7), pull(8), pull(9, sha=NEWER)]
    github.archive = zipped(report_md=REPORT, number_txt=named)
    assert github.ended()[0] == 0
    assert [number for number in (7, 8, 9) if github.bodies(number)] == written


def test_a_report_that_names_another_pull_request_changes_nothing_about_where_it_goes(github: GitHub) -> None:
    github.archive = zipped(report_md=REPORT, number_txt="1")
    github.ended()
    assert list(github.state["comments"]) == ["7"]


@pytest.mark.parametrize(
    "say", ["gh: Resource not accessible by integration (HTTP 403)", "gh: Server Error (HTTP 502)"]
)
@pytest.mark.parametrize("call", ["GET repos/mesh/stack/pulls", "POST repos/mesh/stack/issues/7/comments"])
def test_what_github_refuses_is_said(github: GitHub, call: str, say: str) -> None:
    github.state["refuse"] = {call: say}
    assert github.ended() == (1, f"error: {say}")


@pytest.mark.parametrize(
    ("gh", "said"),
    [
        ("echo '<html>'", "error: GitHub answers with no JSON"),
        ('echo \'{"message": "hm"}\'', "error: repos/mesh/stack/pulls answers with no list"),
        ("echo null", "error: repos/mesh/stack/pulls answers with no list"),
        ("exit 4", "error: gh api ended with 4"),
    ],
)
def test_an_answer_that_is_none_is_said(github: GitHub, gh: str, said: str) -> None:
    (github.folder / "bin" / "gh").write_text(f"#!/bin/sh\n{gh}\n")
    code, error = github.ended()
    assert code == 1
    assert error.startswith(said)


def test_an_old_report_does_not_stand_where_the_check_wrote_none(github: GitHub) -> None:
    github.ended()
    github.artifact = None
    assert github.ended(101, conclusion="failure")[0] == 0
    (body,) = github.bodies()
    assert "there is no report, as the check ended before it wrote one" in body
    assert REPORT.strip() not in body


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"expired": True}, "has expired"),
        ({"size_in_bytes": 5_000_001}, "is too large"),
        ({"name": "pictures"}, "ended before it wrote one"),
    ],
)
def test_an_artifact_that_will_not_do_is_not_even_fetched(github: GitHub, fields: dict[str, Any], reason: str) -> None:
    assert github.artifact
    github.artifact |= fields
    github.ended()
    assert reason in github.bodies()[0]
    assert github.asked("/zip") == 0


def test_the_newest_of_several_artifacts_counts(github: GitHub) -> None:
    older = {"id": 2, "name": "report", "expired": False, "size_in_bytes": 900}
    (github.folder / "2.zip").write_bytes(zipped(report_md="old"))
    github.ended()
    github.state["artifacts"]["101"] = [{**older, "id": 3}, older]
    github.artifact = None
    github.ended(101)
    assert REPORT.strip() in github.bodies()[0]
