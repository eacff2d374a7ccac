"""Where does the action's report go? Into the one comment of the pull request that it runs for.

`python3 tools/ci/request_comment.py --report FILE`, in a job on `pull_request`, with a token that may write comments.
That of a fork's pull request may not: the job's summary has the report then, and a fork gets its comment by
comment.yml.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from comment_text import Run, comment_text
from github_api import GitHubError
from github_comment import put

FORBIDDEN = "(HTTP 403)"


def main() -> int:
    """Write the comment; 1 where GitHub rejects it for another reason than that the token may not write."""
    parser = argparse.ArgumentParser(description="Write the report into the comment of this pull request.")
    parser.add_argument("--report", required=True, type=Path, metavar="FILE")
    given = parser.parse_args()
    request = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))["pull_request"]
    run = Run(int(os.environ["GITHUB_RUN_ID"]), int(os.environ["GITHUB_RUN_ATTEMPT"]))
    repository, server = os.environ["GITHUB_REPOSITORY"], os.environ.get("GITHUB_SERVER_URL", "https://github.com")
    report = given.report.read_text(encoding="utf-8", errors="replace") if given.report.is_file() else ""
    url = f"{server}/{repository}/actions/runs/{run.number}"
    text = comment_text(run, str(request["head"]["sha"]), url, report=report, reason="the check wrote none")
    try:
        print(put(repository, int(request["number"]), run, text))
    except GitHubError as error:
        if FORBIDDEN not in str(error):
            print(f"error: {error}", file=sys.stderr)
            return 1
        print("This token may not write comments, as that of a fork's pull request: the job's summary has the report.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
