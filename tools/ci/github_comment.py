"""Where does the report of a check go? Into the one comment of its pull request, made or brought up to date.

Runs on `workflow_run`, in the default branch's checkout, with a token that may write comments. So it takes which pull
request it is from GitHub alone, and the artifact of the check as text that anybody may have written.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from artifact import artifact
from comment_text import Run, comment_text, written_by
from github_api import GitHubError, pages, send

BOT = "github-actions[bot]"


@dataclass(frozen=True)
class Check:
    """The run that ended, from the fields that GitHub itself sets."""

    run: Run
    sha: str
    url: str
    owner: str
    head_repository: str
    branch: str

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Check | None:
        """The check of an event; None where the fork it ran for no longer exists."""
        run = event["workflow_run"]
        head = run.get("head_repository")
        if not head or not run.get("head_branch"):
            return None
        number = Run(int(run["id"]), int(run["run_attempt"]))
        return cls(
            number, run["head_sha"], run["html_url"], head["owner"]["login"], head["full_name"], run["head_branch"]
        )


def heads(repository: str, check: Check) -> list[dict[str, Any]]:
    """The open pull requests from the branch that was checked."""
    found = pages(f"repos/{repository}/pulls", state="open", head=f"{check.owner}:{check.branch}")
    return [each for each in found if _known(each["head"]["repo"]).get("full_name") == check.head_repository]


def own_comment(repository: str, number: int) -> dict[str, Any] | None:
    """The first comment of the workflow's own account that begins with the marker; nobody else's counts."""
    for comment in pages(f"repos/{repository}/issues/{number}/comments"):
        user = _known(comment.get("user"))
        if user.get("login") == BOT and user.get("type") == "Bot" and written_by(comment.get("body") or ""):
            return comment
    return None


def _known(account: dict[str, Any] | None) -> dict[str, Any]:
    """GitHub has null for an account or a repository that was deleted."""
    return account or {}


def write(repository: str, check: Check) -> str:
    """Write the comment, and say in a sentence what was done."""
    candidates = heads(repository, check)
    if not candidates:
        return f"No open pull request comes from {check.owner}:{check.branch}: there is nothing to write."
    current = {each["number"]: each for each in candidates if each["head"]["sha"] == check.sha}
    if not current:
        return f"The pull request has moved on from {check.sha}: the check of its newer commit writes the report."
    found = artifact(repository, check.run.number)
    # Which one of several is meant only the report can say: it chooses among them, and cannot name another.
    number = found.number if found.number in current else next(iter(current)) if len(current) == 1 else None
    if number is None:
        return f"Several pull requests have the head {check.sha}, and the report names none of them."
    text = comment_text(check.run, check.sha, check.url, report=found.report, reason=found.reason)
    return put(repository, number, check.run, text)


def put(repository: str, number: int, run: Run, text: str) -> str:
    """Write a comment's text, unless a newer run has; in a sentence what was done."""
    comment = own_comment(repository, number)
    earlier = written_by(comment["body"]) if comment else None
    if comment and earlier and earlier > run:
        return f"Run {earlier.number} is newer and has written the comment of #{number} already."
    if comment:
        try:
            send("PATCH", f"repos/{repository}/issues/comments/{int(comment['id'])}", text)
        except GitHubError as error:
            # Deleted by hand since it was listed.
            if not error.not_found:
                raise
        else:
            return f"The comment of #{number} is up to date."
    send("POST", f"repos/{repository}/issues/{number}/comments", text)
    return f"#{number} has a comment."


def main() -> int:
    """Write the comment of the event that GitHub has put into a file; 1 where GitHub refuses."""
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    check = Check.of(event)
    if check is None:
        print("The fork or the branch that was checked no longer exists: there is nothing to write.")
        return 0
    try:
        print(write(os.environ["GITHUB_REPOSITORY"], check))
    except GitHubError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
