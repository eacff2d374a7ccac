"""Which revision is a pull request compared with? The one that its merge commit was made on, else the base it names.

Prints the revision: `python tools/ci/compared_revision.py --base SHA [--head SHA]`. A merge commit shows what the pull
request brings even where the base has moved on since, and both of its parents come with `fetch-depth: 2`.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
SECONDS = 120


def compared_revision(base: str, head: str, folder: Path) -> str:
    """The first parent of a checkout that merges `head`, else `base`, fetched where a shallow clone lacks it."""
    parents = _git(folder, "rev-list", "--parents", "--max-count=1", "HEAD").split()[1:]
    if head and parents[1:] == [head]:
        return parents[0]
    if not _git(folder, "rev-parse", "--quiet", "--verify", f"{base}^{{commit}}"):
        _git(folder, "fetch", "--no-tags", "--depth=1", "origin", base)
    return base


def _git(folder: Path, *arguments: str) -> str:
    """What git prints; empty where it fails, as the diff itself says what it cannot find."""
    env = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=env,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"git {arguments[0]}: {error}", file=sys.stderr)
        return ""
    if done.returncode and done.stderr:
        print(f"git {arguments[0]}: {done.stderr.strip()}", file=sys.stderr)
    return done.stdout.strip() if done.returncode == 0 else ""


def main() -> int:
    """Print the revision; 2 where what is given is no commit's hash."""
    parser = argparse.ArgumentParser(description="Print the revision that a pull request is compared with.")
    parser.add_argument("--base", required=True, metavar="SHA")
    parser.add_argument("--head", default="", metavar="SHA")
    given = parser.parse_args()
    for name, value in (("--base", given.base), ("--head", given.head)):
        if not SHA.fullmatch(value) and (value or name == "--base"):
            print(f"error: {name} is {value!r}, which is not a commit hash.", file=sys.stderr)
            return 2
    print(compared_revision(given.base, given.head, Path.cwd()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
