"""What stands on a commit or a pull request? How many hold, each that does not with its evidence, the rest folded."""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.reports.markdown.markdown_text import code, text
from fairlead.verify.promise import Standing, Verdict
from fairlead.verify.reports.summary import summary
from fairlead.verify.reports.text_report import evidence_numbers


def markdown_report(stack: str, found: Sequence[Verdict]) -> str:
    """The whole report."""
    broken = [each for each in found if each.standing is Standing.BROKEN]
    asked = [each for each in found if each.standing is Standing.UNASKED and not each.promise.untested]
    untested = [each for each in found if each.promise.untested]
    kept = [each for each in found if each.standing is Standing.HOLDS]
    lines = [f"### Live requests to {code(stack)}", "", text(summary(found)) + ".", ""]
    for verdict in broken:
        lines += [f"- **does not hold**: {_said(verdict)}", *(f"  - {text(each)}" for each in verdict.causes)]
    lines += [f"- could not be asked: {_said(each)}: {text(each.why)}" for each in asked]
    lines += _folded("promises hold", [f"- {_said(each)}" for each in kept])
    lines += _folded("not tested", [f"- {_said(each)}: {text(each.promise.untested)}" for each in untested])
    return "\n".join(lines) + "\n"


def _said(verdict: Verdict) -> str:
    seen = f"; seen: {text(verdict.evidence.seen + evidence_numbers(verdict))}" if verdict.evidence else ""
    return f"{code(verdict.promise.sentence)}{seen}"


def _folded(title: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    return ["", "<details>", f"<summary>{len(lines)} {title}</summary>", "", *lines, "", "</details>"]
