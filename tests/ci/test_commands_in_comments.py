"""Can a report make GitLab, or a bot, do something? No line of it is a command, and all of it stays to be read."""

from __future__ import annotations

import re

import pytest

from tests.fixtures.ci.script import script

pytestmark = pytest.mark.mesh

harmless = script("comment_text").harmless
COMMANDS = [
    "/close",
    "said\n/merge",
    "said\n  /approve",
    "said\n\t/label ~x",
    "said\r/close",
    "said\r\n/close now",
    "said\n\u200b/close",
    "said\n\u00ad/close",
    "said\n<!-- x -->/close",
    "said\n<!-- x -->\n/close",
    "```\n/close\n```",
    "`\n/close\n`",
    "<details>\n\n/close\n\n</details>",
    "said\n/Close",
    "   \n/close",
]


@pytest.mark.parametrize("text", COMMANDS)
def test_no_line_is_a_command_to_gitlab_or_to_a_bot(text: str) -> None:
    """As GitLab finds them: a line that begins with a slash and a word (lib/gitlab/quick_actions/extractor.rb)."""
    written = harmless(text)
    assert re.search(r"^\s*/[a-z]", written.replace("\r", ""), re.MULTILINE | re.IGNORECASE) is None
    assert re.search(r"/(close|merge|approve|label)", written, re.IGNORECASE), "it stays to be read"


@pytest.mark.parametrize("text", ["GET /close", "a/close", "- /close", "+ /etc/hosts", "https://x.example/y", "/ 5"])
def test_a_slash_elsewhere_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
