"""What changes in every stack, in one comment? `fairlead diff` of all of them, which fits them into it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from command_line import SECONDS, Ended, fairlead

ROOM = 60_000
"""A comment on GitHub may have 65,536 characters; the rest is for its own first lines."""
REPORT = "report.md"
WHOLE = ("diff.txt", "diff.json")
"""The same without a limit, for people and for programs."""


def write_diffs(stacks: Sequence[str], base: str, out: Path) -> Ended:
    """Write what changes in the stacks since `base`: a report for the comment, and beside it what needs no limit."""
    report = out / REPORT
    report.unlink(missing_ok=True)
    if not stacks:
        report.write_text("There is no stack file, before or after.\n", encoding="utf-8")
        return Ended(0)
    given = [word for stack in stacks for word in ("--stack", stack)]
    files = [word for name in (REPORT, *WHOLE) for word in ("--out", str(out / name))]
    limits = ("--base", base, "--verbose", "--limit", str(ROOM))
    ended = fairlead("diff", *given, *limits, *files, folder=Path.cwd(), seconds=SECONDS * len(stacks))
    if not report.is_file() or not _read(report):
        report.write_text(_no_report(ended), encoding="utf-8")
        return Ended(ended.code or 1, ended.said)
    return ended


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").strip()


def _no_report(ended: Ended) -> str:
    fence = "`" * 8
    said = f"\n\n{fence}\n{ended.said.replace(fence, '')}\n{fence}" if ended.said else ""
    return f"There is no report: `fairlead diff` ended with exit code {ended.code}.{said}\n"
