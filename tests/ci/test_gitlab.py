"""Does a merge request on GitLab get its one note? Against a server that answers as GitLab's API does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.fixtures.checkout import PROGRAM

pytestmark = [pytest.mark.mesh, pytest.mark.process]

SCRIPT = PROGRAM / "tools" / "ci" / "gitlab_note.py"
SHA, MERGED, TOKEN = "a" * 40, "d" * 40, "glpat-of-a-test"
OWN, GUEST = {"id": 42}, {"id": 1}
MARKER = "<!-- fairlead report of run {}, attempt 1 -->"
NOTES = "/api/v4/projects/5/merge_requests/7/notes"


class GitLab(ThreadingTCPServer):
    """A merge request and its notes."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.report = folder / "report.md"
        self.request: dict[str, Any] = {"state": "opened", "sha": SHA}
        self.notes: list[dict[str, Any]] = []
        self.refuse: dict[str, int] = {}
        self.changes: list[str] = []

    def bodies(self) -> list[str]:
        return [note["body"] for note in self.notes]


class Answer(BaseHTTPRequestHandler):
    server: GitLab  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        if url.path.endswith("/user"):
            self.answer(OWN)
        elif url.path == NOTES:
            size, page = (int(query[name][0]) for name in ("per_page", "page"))
            found = self.server.notes[(page - 1) * size : page * size]
            self.answer(found, str(page + 1) if page * size < len(self.server.notes) else "")
        else:
            self.answer(self.server.request)

    def do_POST(self) -> None:
        self.server.changes.append("POST")
        note = {"id": 900 + len(self.server.notes), "author": OWN, **self.body()}
        if "POST" not in self.server.refuse:
            self.server.notes.append(note)
        self.answer(note)

    def do_PUT(self) -> None:
        self.server.changes.append("PUT")
        (note,) = [each for each in self.server.notes if self.path == f"{NOTES}/{each['id']}"]
        if "PUT" not in self.server.refuse:
            note |= self.body()
        self.answer(note)

    def body(self) -> dict[str, str]:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, data: Any, next_page: str = "") -> None:
        code = 200 if self.headers["PRIVATE-TOKEN"] == TOKEN else 401
        code = self.server.refuse.get(self.command, code)
        text = json.dumps(data).encode()
        self.send_response(code)
        self.send_header("x-next-page", next_page)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the standard library's
        pass


@pytest.fixture
def gitlab(tmp_path: Path) -> Iterator[GitLab]:
    with GitLab(tmp_path) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def noted(gitlab: GitLab, report: str | None = "weights change", **env: str) -> tuple[int, str]:
    known = {
        "CI_API_V4_URL": f"http://127.0.0.1:{gitlab.server_address[1]}/api/v4",
        "CI_PROJECT_ID": "5",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_PIPELINE_ID": "100",
        "CI_PIPELINE_URL": "https://example.com/pipelines/100",
        "CI_COMMIT_SHA": SHA,
        "GITLAB_TOKEN": TOKEN,
    }
    gitlab.report.unlink(missing_ok=True)
    if report is not None:
        gitlab.report.write_text(report)
    command = [sys.executable, str(SCRIPT), str(gitlab.report)]
    done = subprocess.run(command, env={**known, **env}, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert TOKEN not in done.stdout + done.stderr
    return done.returncode, (done.stdout + done.stderr).strip()


def test_a_merge_request_gets_one_note_that_is_brought_up_to_date(gitlab: GitLab) -> None:
    assert noted(gitlab) == (0, "The merge request has a note.")
    assert noted(gitlab, "nothing changes", CI_PIPELINE_ID="101") == (0, "The note is up to date.")
    (body,) = gitlab.bodies()
    assert body.startswith(MARKER.format(101))
    assert "nothing changes" in body
    assert "weights change" not in body


def test_a_report_closes_nothing_and_merges_nothing(gitlab: GitLab) -> None:
    noted(gitlab, "/close\n\nweights change\n  /merge\n```\n/approve\n```\n")
    noted(gitlab, "/close\nnothing changes", CI_PIPELINE_ID="101")
    (body,) = gitlab.bodies()
    assert not [line for line in body.splitlines() if line.lstrip().startswith("/")]
    assert "/close\nnothing changes" in body


@pytest.mark.parametrize("before", [0, 99, 100, 230])
def test_the_note_is_found_behind_hundreds_of_others(gitlab: GitLab, before: int) -> None:
    others = [{"id": index, "author": GUEST, "body": MARKER.format(1)} for index in range(before)]
    gitlab.notes = [*others, {"id": 700, "author": OWN, "body": MARKER.format(1)}, *others]
    assert noted(gitlab) == (0, "The note is up to date.")
    assert [note["id"] for note in gitlab.notes if "weights change" in note["body"]] == [700]


@pytest.mark.parametrize(
    ("author", "body"), [(GUEST, MARKER.format(1)), (OWN, "built"), (OWN, f"> {MARKER.format(1)}")]
)
def test_nobody_elses_note_is_touched(gitlab: GitLab, author: dict[str, int], body: str) -> None:
    gitlab.notes = [{"id": 3, "author": author, "body": body}]
    assert noted(gitlab) == (0, "The merge request has a note.")
    assert gitlab.notes[0]["body"] == body


def test_an_older_pipeline_that_ends_later_leaves_the_newer_report(gitlab: GitLab) -> None:
    noted(gitlab, CI_PIPELINE_ID="101")
    code, said = noted(gitlab, "old")
    assert code == 0
    assert "Pipeline 101 is newer" in said
    assert gitlab.changes == ["POST"]


@pytest.mark.parametrize("state", [{"state": "merged", "sha": SHA}, {"state": "opened", "sha": "b" * 40}])
def test_a_merge_request_that_is_closed_or_has_moved_on_is_left_alone(gitlab: GitLab, state: dict[str, str]) -> None:
    gitlab.request = state
    assert noted(gitlab)[0] == 0
    assert gitlab.changes == []


def test_a_pipeline_of_merged_results_knows_the_branchs_own_commit(gitlab: GitLab) -> None:
    env = {"CI_COMMIT_SHA": MERGED, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": SHA}
    assert noted(gitlab, **env) == (0, "The merge request has a note.")
    assert noted(gitlab, CI_COMMIT_SHA=MERGED)[1].startswith("The merge request has moved on")


def test_a_note_that_was_deleted_is_written_anew(gitlab: GitLab) -> None:
    gitlab.notes = [{"id": 3, "author": OWN, "body": MARKER.format(1)}]
    gitlab.refuse = {"PUT": 404}
    assert noted(gitlab) == (0, "The merge request has a note.")
    assert gitlab.changes == ["PUT", "POST"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_gitlab_refuses_is_said(gitlab: GitLab, method: str) -> None:
    gitlab.refuse = {method: 403}
    code, said = noted(gitlab)
    assert code == 1
    assert re.fullmatch(r"error: GitLab: HTTP Error 403: \w+", said)


def test_a_server_that_is_not_there_is_said(gitlab: GitLab) -> None:
    code, said = noted(gitlab, CI_API_V4_URL="http://127.0.0.1:9/api/v4")
    assert code == 1
    assert said.startswith("error: GitLab:")


def test_without_a_token_as_in_a_fork_it_says_so_and_succeeds(gitlab: GitLab) -> None:
    code, said = noted(gitlab, GITLAB_TOKEN="")
    assert code == 0
    assert "as in a fork" in said


def test_outside_of_a_merge_request_it_says_what_is_missing(gitlab: GitLab) -> None:
    code, said = noted(gitlab, CI_MERGE_REQUEST_IID="", CI_PROJECT_ID="")
    assert code == 2
    assert "CI_PROJECT_ID, CI_MERGE_REQUEST_IID not set" in said


def test_an_old_report_does_not_stand_where_the_pipeline_wrote_none(gitlab: GitLab) -> None:
    noted(gitlab)
    noted(gitlab, None, CI_PIPELINE_ID="101")
    (body,) = gitlab.bodies()
    assert "there is no report, as the pipeline wrote none" in body
