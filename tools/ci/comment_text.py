"""What stands in the comment of a pull request? A hidden marker, whose report it is, and the report as harmless text.

The report was written by the pull request's own code, so it is untrusted: nothing in it may notify people, hide what
stands above it or change what the marker says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from visible_text import visible

LIMIT = 65_000
"""Characters; GitHub refuses a comment of more than 65,536."""

_MARKER = re.compile(r"<!-- fairlead report of run (\d{1,20}), attempt (\d{1,9}) -->")
# GitHub looks for names in what Markdown has become, where entities are letters and emphasis is gone.
_MENTION = re.compile(
    r"((?<![A-Za-z0-9])@|&#0*64(?!\d);?|&#x0*40(?![0-9a-f]);?|&commat;)(?=[A-Za-z0-9_&])", re.IGNORECASE
)
# GitLab runs a line such as /close, with the rights of the note's account; bots on GitHub have such lines too.
_COMMAND = re.compile(r"^([ \t]*)/(?=[A-Za-z])", re.MULTILINE)
_WRITTEN_BY = "The pull request's own code wrote this report: read the change in the code as well."
_WHOLE = "The artifacts of the check have the whole diff, and pictures of the mesh."
_ZERO_WIDTH = "\u200b"


@dataclass(frozen=True, order=True)
class Run:
    """One run of the check, and how often it was started anew; a later run is greater."""

    number: int
    attempt: int

    @property
    def marker(self) -> str:
        return f"<!-- fairlead report of run {self.number}, attempt {self.attempt} -->"


def written_by(comment: str) -> Run | None:
    """The run that wrote a comment; None if it is no comment of this kind. Only its very beginning counts."""
    found = _MARKER.match(comment)
    return Run(int(found[1]), int(found[2])) if found else None


def harmless(report: str) -> str:
    """An untrusted text without what cannot be seen, words that would notify somebody, and lines that are commands."""
    text = _MENTION.sub(rf"\1{_ZERO_WIDTH}", visible(report)).strip()
    return _COMMAND.sub(rf"\1{_ZERO_WIDTH}/", text)


def comment_text(run: Run, sha: str, url: str, *, report: str, reason: str = "") -> str:
    """The whole comment; where there is no report, `reason` says why. What is too long is left out, never cut."""
    about = f"**What changes** with {sha[:10]}, according to [the check of this commit]({url})"
    head = f"{run.marker}\n{about}. {_WRITTEN_BY} {_WHOLE}\n\n"
    if not report:
        return f"{run.marker}\n{about}: there is no report, as {reason}.\n"
    text = f"{head}{harmless(report)}\n"
    if len(text) > LIMIT:
        return f"{run.marker}\n{about}: the report is too long for a comment. {_WHOLE}\n"
    return text
