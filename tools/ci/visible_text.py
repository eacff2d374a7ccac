"""What of an untrusted report may stand in a comment? What its reader sees: no letter unseen, no word hidden.

Text can hide from a person and still be read by a program, as in letters without a shape or in what HTML leaves out.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator

_BREAK = "&#8203;"
"""The one unseen letter that reports have a use for: it keeps a word from becoming a link."""
_ZERO_WIDTH = "\u200b"
_KEPT = "\n\t"
# Letters of other categories without a shape: fillers, joiners, selectors of variants.
_SHAPELESS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_UNSEEN_CATEGORIES = ("Cc", "Cf", "Cs", "Zl", "Zp")
_ENTITY = re.compile(r"&(#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});?")
_BREAKS = re.compile(f"(?:{_BREAK}){{2,}}")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# What Markdown takes for a tag, a comment, a declaration or an instruction. Its attributes are seen by nobody either.
_TAG = re.compile(r"<(?=[A-Za-z/!?])(?!/?(?:details|summary|blockquote|code)>)")
_HIDING = re.compile(r"<(?=[!?])")
# Where a line begins with it, the text may be the definition of a link or a footnote, of which nothing is shown.
_DEFINITION = re.compile(r"^((?:[ \t>]|[-+*][ \t]|\d+[.)][ \t])*)\[", re.MULTILINE)


def visible(text: str) -> str:
    """The text without letters that have no shape, and with nothing in it that Markdown or HTML would not show."""
    lines = _shaped(text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_shown(part, is_code=is_code) for part, is_code in _parts(lines))


def _shaped(text: str) -> str:
    kept = "".join(letter for letter in text if letter in _KEPT or _has_shape(letter))
    return _BREAKS.sub(_BREAK, _ENTITY.sub(_entity, kept))


def _has_shape(letter: str) -> bool:
    return unicodedata.category(letter) not in _UNSEEN_CATEGORIES and not _SHAPELESS.match(letter)


def _entity(found: re.Match[str]) -> str:
    """An entity as it is, or as the letters it is written with where it stands for something unseen."""
    meant = html.unescape(found[0])
    if found[0] == _BREAK or all(map(_has_shape, meant)):
        return found[0]
    return f"&amp;{found[0][1:]}"


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """What stands in fences and what stands between them, in order."""
    part: list[str] = []
    fence = ""
    for line in text.splitlines(keepends=True):
        mark = found[1] if (found := _FENCE.match(line)) else ""
        if not fence and mark:
            yield "".join(part), False
            part, fence = [line], mark
        elif fence and mark.startswith(fence) and not line.strip().strip(mark[0]):
            yield "".join([*part, line]), True
            part, fence = [], ""
        else:
            part.append(line)
    yield "".join(part), bool(fence)


def _shown(part: str, *, is_code: bool) -> str:
    # What looks like code here may be none to another reader of Markdown: there it is parted, and stays to be seen.
    if is_code:
        return _HIDING.sub(f"<{_ZERO_WIDTH}", part)
    return _DEFINITION.sub(r"\1\\[", _TAG.sub(f"<{_ZERO_WIDTH}", _COMMENT.sub("", part)))
