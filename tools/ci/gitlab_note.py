"""Where does the report go on GitLab? Into one note of the merge request, made or brought up to date by its API.

Runs in a merge request's pipeline after `report.py`, with the project access token in GITLAB_TOKEN.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comment_text import Run, comment_text, written_by

NEEDED = (
    "CI_API_V4_URL",
    "CI_PROJECT_ID",
    "CI_MERGE_REQUEST_IID",
    "CI_PIPELINE_ID",
    "CI_PIPELINE_URL",
    "CI_COMMIT_SHA",
)
SECONDS = 60
MOST_PAGES = 200


@dataclass(frozen=True)
class GitLab:
    """A project's API, with the token that may write notes."""

    project: str
    token: str

    def ask(self, path: str, method: str = "GET", body: Mapping[str, str] | None = None) -> tuple[Any, str]:
        """The answer as data, and the number of the next page."""
        data = json.dumps(body).encode() if body is not None else None
        headers = {"PRIVATE-TOKEN": self.token, "Content-Type": "application/json"}
        request = urllib.request.Request(path, data, headers, method=method)  # noqa: S310 - GitLab names its own URL
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return json.load(answer), answer.headers.get("x-next-page") or ""

    def own_note(self, notes: str, author: int) -> dict[str, Any] | None:
        """The first note of the token's own account that begins with the marker."""
        page = "1"
        for _ in range(MOST_PAGES):
            found, page = self.ask(f"{notes}?{urllib.parse.urlencode({'per_page': 100, 'page': page})}")
            for note in found:
                if note["author"]["id"] == author and written_by(note["body"]):
                    return note
            if not page:
                break
        return None


def write(env: Mapping[str, str], report: str) -> str:
    """Write the note, and say in a sentence what was done."""
    api = env["CI_API_V4_URL"]
    gitlab = GitLab(f"{api}/projects/{env['CI_PROJECT_ID']}", env["GITLAB_TOKEN"])
    request = f"{gitlab.project}/merge_requests/{env['CI_MERGE_REQUEST_IID']}"
    # A pipeline of merged results has a commit of its own, which is not the branch's.
    sha = env.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or env["CI_COMMIT_SHA"]
    state = gitlab.ask(request)[0]
    if state["state"] != "opened":
        return "The merge request is not open: there is nothing to write."
    if state["sha"] != sha:
        return f"The merge request has moved on from {sha}: the pipeline of its newer commit writes the report."
    run = Run(int(env["CI_PIPELINE_ID"]), 1)
    note = gitlab.own_note(f"{request}/notes", gitlab.ask(f"{api}/user")[0]["id"])
    earlier = written_by(note["body"]) if note else None
    if earlier and earlier > run:
        return f"Pipeline {earlier.number} is newer and has written the note already."
    reason = "the pipeline wrote none"
    body = {"body": comment_text(run, sha, env["CI_PIPELINE_URL"], report=report, reason=reason)}
    if note:
        try:
            gitlab.ask(f"{request}/notes/{note['id']}", "PUT", body)
        except urllib.error.HTTPError as error:
            # Deleted by hand since it was listed.
            if error.code != 404:  # noqa: PLR2004 - the number is its name
                raise
        else:
            return "The note is up to date."
    gitlab.ask(f"{request}/notes", "POST", body)
    return "The merge request has a note."


def main() -> int:
    """Write the note; 1 where GitLab refuses. Without a token it says so and succeeds, as in a fork's pipeline."""
    parser = argparse.ArgumentParser(description="Write the report into a note of the merge request.")
    parser.add_argument("report", type=Path)
    given = parser.parse_args()
    if not os.environ.get("GITLAB_TOKEN"):
        print("GITLAB_TOKEN is not set here, as in a fork: the report is in the artifacts of this pipeline.")
        return 0
    if absent := [name for name in NEEDED if not os.environ.get(name)]:
        print(f"error: {', '.join(absent)} not set: this runs in the pipeline of a merge request.", file=sys.stderr)
        return 2
    try:
        text = given.report.read_text(encoding="utf-8", errors="replace") if given.report.is_file() else ""
        print(write(os.environ, text.strip()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"error: GitLab: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
