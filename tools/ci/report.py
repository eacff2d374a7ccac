"""What does a check find out about every stack? Annotations in the log, a report for the comment, and pictures.

`python tools/ci/report.py --out FOLDER [--base REV] [--number N] [--format github|text]` writes `report.md` with all
stacks within a comment's limit, the same whole as `diff.txt` and `diff.json`, `number.txt`, and the folder `pictures`
with files for each. Without a base there is no report. The exit code is 1 where a stack has errors or cannot be
evaluated; what can be is written.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from command_line import fairlead
from diffs import REPORT, write_diffs
from stacks import stacks_at, stacks_here


def report(base: str, out: Path, written_as: str, profile: str = "") -> list[str]:
    """Look at every stack, and write what there is to write. The sentences say what failed."""
    folder = Path.cwd()
    here = stacks_here(folder)
    stacks = sorted({*here, *(stacks_at(base, folder) if base else ())})
    pictures = out / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    failed: list[str] = []
    asked = ("--profile", profile) if profile else ()
    for stack in stacks:
        if stack in here and fairlead("lint", "--stack", stack, "--format", written_as, *asked, folder=folder).code:
            failed.append(f"{stack}: lint finds errors")
        if stack in here and fairlead("picture", "--stack", stack, "--out", str(pictures), folder=folder).code:
            failed.append(f"{stack}: there is no picture")
    if base:
        if write_diffs(stacks, base, out).code:
            failed.append("the diff does not have every stack")
        _sum_up((out / REPORT).read_text(encoding="utf-8"))
    return failed


def _sum_up(text: str) -> None:
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(text)


def main() -> int:
    """Write the report and say what failed."""
    parser = argparse.ArgumentParser(description="Lint, compare and draw every stack.")
    parser.add_argument("--out", required=True, type=Path, metavar="FOLDER")
    parser.add_argument("--base", default="", metavar="REV")
    parser.add_argument("--number", type=int, metavar="N", help="of the pull request")
    parser.add_argument("--format", default="github", choices=["github", "text"], help="of lint's findings")
    parser.add_argument("--profile", default="", metavar="NAME", help="what the company wants beside, as of lint")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    if given.number is not None:
        (given.out / "number.txt").write_text(f"{given.number}\n", encoding="utf-8")
    failed = report(given.base, given.out.resolve(), given.format, given.profile)
    for sentence in failed:
        print(sentence, file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
