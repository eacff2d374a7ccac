"""How does people's text stand in a comment without being read as markup? Escaped for text, for HTML, for a fence."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from fairlead.terminal.printable import one_line

_BREAK = "&#8203;"
"""A space without width: it parts what GitHub and GitLab would otherwise make a link or a picture of."""
_MARKUP = re.compile(r"[\\`*_\[\]|~$!{}]")
_LINKS = re.compile(
    r"(?<=[@])(?=[\w-])"  # somebody's name
    r"|(?<=[#!%~&])(?=\w)"  # an issue, a merge request, a milestone, a label
    r"|(?<=:)(?=//)|(?<=www\.)"  # an address
    r"|(?<=:)(?=[\w+-]+:)"  # an emoji
    r"|(?<=\bGH-)(?=\d)",
    re.IGNORECASE,
)
_LISTS = re.compile(r"^([-+#=]|\d+[.)])")
_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_FENCE = re.compile(r"`{3,}")


def text(words: str) -> str:
    """One line of text; what stands in backticks is shown as code."""
    parts = _CODE.split(" ".join(one_line(words).split()))
    return "".join(code(part) if number % 2 else _literal(part) for number, part in enumerate(parts))


def code(words: str) -> str:
    """A name, as it is written."""
    shown = " ".join(one_line(words).split())
    if not shown:
        return ""
    fence = "`" * (max((len(run) for run in re.findall(r"`+", shown)), default=0) + 1)
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{space}{shown}{space}{fence}"


def html_code(words: str) -> str:
    """A name inside HTML, where Markdown is not read."""
    return f"<code>{html.escape(' '.join(one_line(words).split()), quote=False)}</code>"


def strong(words: str) -> str:
    """As `text`, in bold."""
    shown = text(words).strip()
    return f"**{shown}**" if shown else ""


def fenced(language: str, lines: Iterable[str]) -> str:
    """A block of code, in a fence that is longer than any in it."""
    inner = "\n".join(map(one_line_of_code, lines))
    fence = "`" * (max((len(run) for run in _FENCE.findall(inner)), default=2) + 1)
    return f"{fence}{language}\n{inner}\n{fence}"


def block(summary: str, inner: str) -> str:
    """What is folded away: `summary` is HTML, `inner` Markdown."""
    return f"<details>\n<summary>{summary}</summary>\n\n{inner}\n\n</details>"


def one_line_of_code(line: str) -> str:
    """As `one_line`, with tabs."""
    return "\t".join(map(one_line, line.split("\t")))


def _literal(words: str) -> str:
    parted = _LINKS.sub("\0", words)
    parted = _MARKUP.sub(lambda found: f"\\{found[0]}", html.escape(parted, quote=False))
    return _LISTS.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", parted).replace("\0", _BREAK)
