"""Does a pull request stop at a risk? `fairlead gate` over the check's report, with what its maintainers let through.

`python tools/ci/gate.py --report FILE [--format github|text]`. The environment says the rest: FAIL_ON has the risk
classes, empty for no gate. A class is let through by two things together: the label `allow-CLASS`, which only people
with triage rights can set, and a line `fairlead: allow CLASS -- REASON` in the description, which says why. Both come
from GitHub's event file, or from GitLab's CI_MERGE_REQUEST_LABELS and CI_MERGE_REQUEST_DESCRIPTION.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

from command_line import fairlead

LINE = re.compile(r"^\s*fairlead: allow ([a-z-]+) (?:--|\u2013|\u2014) (\S.*?)\s*$", re.MULTILINE)
LABEL = "allow-"


def labels_and_description() -> tuple[list[str], str]:
    """What people have said of this pull request or merge request."""
    event = os.environ.get("GITHUB_EVENT_PATH")
    if event:
        request: dict[str, Any] = json.loads(Path(event).read_text(encoding="utf-8")).get("pull_request") or {}
        named: list[dict[str, Any]] = request.get("labels") or []
        return [str(each["name"]) for each in named], str(request.get("body") or "")
    labels = os.environ.get("CI_MERGE_REQUEST_LABELS", "")
    return [each.strip() for each in labels.split(",")], os.environ.get("CI_MERGE_REQUEST_DESCRIPTION", "")


def allowed(labels: list[str], description: str) -> tuple[dict[str, str], list[str]]:
    """Class -> reason of what is let through, and what is missing to let more through."""
    reasons = {found[1]: found[2] for found in LINE.finditer(description)}
    granted = {each.removeprefix(LABEL) for each in labels if each.startswith(LABEL)}
    missing = [
        f"{name} has a reason, and nobody has set the label {LABEL}{name}" for name in sorted(reasons.keys() - granted)
    ]
    missing += [
        f"{name} has its label, and the description has no line 'fairlead: allow {name} -- REASON'"
        for name in sorted(granted - reasons.keys())
    ]
    return {name: reasons[name] for name in sorted(reasons.keys() & granted)}, missing


def main() -> int:
    """Ask the gate; its exit code is the answer."""
    parser = argparse.ArgumentParser(description="Stop a pull request at risks of some classes.")
    parser.add_argument("--report", required=True, type=Path, metavar="FILE")
    parser.add_argument("--format", default="github", choices=["github", "text"])
    given = parser.parse_args()
    fail_on = os.environ.get("FAIL_ON", "").strip()
    if not fail_on:
        print("FAIL_ON is not set: no risk stops this change.")
        return 0
    if not given.report.is_file():
        print("There is no report, so nothing is known about this change.", file=sys.stderr)
        return 1
    through, missing = allowed(*labels_and_description())
    for each in missing:
        print(f"Not let through: {each}.")
    allow = [word for name, reason in through.items() for word in ("--allow", f"{name}: {reason}")]
    asked = ("--report", str(given.report.resolve()), "--fail-on", fail_on, "--format", given.format)
    return fairlead("gate", *asked, *allow, folder=Path.cwd()).code


if __name__ == "__main__":
    sys.exit(main())
