"""Would Envoy take this regular expression? RE2 knows no lookaround and no backreference, and is stricter than Python.

Python's own `re` cannot tell: it knows neither all that RE2 does (`\\pL`, `(?i)` in the middle) nor all that it lacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fairlead_mesh.keys.unicode_classes import KNOWN

LONGEST = 1024
_MOST_REPEATS = 1000

_ESCAPES = re.compile(
    r"\\(?:Q.*?(?:\\E|$)|[pP](?:\{\^?\w+\}|[A-Z])|x(?:[0-9A-Fa-f]{2}|\{[0-9A-Fa-f]+\})|[0-7]{2,3}|0"
    r"|[AbBzdDsSwWafnrtv]|[^A-Za-z0-9])",
    re.DOTALL,
)
_GROUPS = re.compile(r"\((?:\?(?:P?<\w+>|[imsU]*(?:-[imsU]+)?:))?(?!\?)|\(\?(?:[imsU]+(?:-[imsU]+)?|-[imsU]+)\)")
_REPEAT = re.compile(r"(?:[*+?]|\{(?P<least>\d+)(?P<comma>,(?P<most>\d*))?\})\??")
_CLASS = re.compile(r"\[\^?+\]?+(?:\[:\^?\w+:\]|\\[pP]\{\^?\w+\}|\\x\{[0-9A-Fa-f]+\}|\\.|[^\]\\])*\]", re.DOTALL)
_RANGE = re.compile(r"([A-Za-z0-9])-([A-Za-z0-9]|\\[dDsSwWpP])")
_POSIX = re.compile(r"\[:\^?(\w+):\]")
_POSIX_NAMES = (
    *("alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper"),
    *("word", "xdigit"),
)
_UNICODE = re.compile(r"\\[pP](?:\{\^?(\w+)\}|[A-Z])")
_PAIR = re.compile(r"\\.", re.DOTALL)
_IN_CLASS = re.compile(r"\\[0-7dDsSwWpPxafnrtvQE]|\\[^A-Za-z0-9]")
_HEX = re.compile(r"\\x\{([0-9A-Fa-f]+)\}")
_LAST_CHARACTER = 0x10FFFF
_LACKS = (
    (re.compile(r"\(\?<?[=!]"), "RE2 has no lookahead or lookbehind"),
    (re.compile(r"\\(?:[1-7](?![0-7])|[89])|\\k<|\(\?P="), "RE2 has no backreferences"),
    (re.compile(r"\(\?>|\(\?\(|\(\?#"), "RE2 does not support this group"),
)


def complaint(expression: str) -> str | None:
    """Why Envoy would reject the expression; None where it would not."""
    if not expression:
        return "the regex is empty"
    if len(expression) > LONGEST:
        return f"the regex has {len(expression)} characters; istiod accepts at most {LONGEST}"
    return next(_complaints(expression), None)


def _complaints(expression: str) -> Iterator[str]:
    at, depth, repeatable = 0, 0, ""
    while at < len(expression):
        rest = expression[at:]
        if lacks := next((reason for pattern, reason in _LACKS if pattern.match(rest)), None):
            yield lacks
            return
        part, kind, reason = _part(rest, repeatable)
        if reason:
            yield reason
            return
        depth += {"open": 1, "close": -1}.get(kind, 0)
        if depth < 0:
            yield "a closing parenthesis has no opening one"
            return
        # Go looks through flags such as (?i) at what stands before them.
        after_flags = "yes" if repeatable else ""
        repeatable = {"open": "", "or": "", "flags": after_flags, "repeat": "no"}.get(kind, "yes")
        at += len(part)
    if depth:
        yield "a parenthesis is not closed"


def _part(rest: str, repeatable: str) -> tuple[str, str, str]:
    """The first part of what is left: its text, its kind, and what is wrong with it."""
    first = rest[0]
    if first == "\\":
        found = _ESCAPES.match(rest)
        wrong = _names(found[0]) if found else f"RE2 does not support the escape {rest[:2]}"
        return found[0] if found else "", "atom", wrong
    if first == "[":
        return _class(rest)
    if first == "(":
        found = _GROUPS.match(rest)
        if not found:
            return "", "", f"RE2 does not support the group {rest[:3]}"
        return found[0], "flags" if found[0].endswith(")") else "open", ""
    if repeat := _REPEAT.match(rest):
        return repeat[0], "repeat", _of_repeat(repeat, repeatable)
    return first, {")": "close", "|": "or"}.get(first, "atom"), ""


def _class(rest: str) -> tuple[str, str, str]:
    found = _CLASS.match(rest)
    if not found:
        return "", "", "a bracket is not closed"
    odd = next((each[0] for each in _PAIR.finditer(found[0]) if not _IN_CLASS.match(each[0])), "")
    if reason := f"RE2 does not support the escape {odd}" if odd else _names(found[0]):
        return "", "", reason
    wrong = next((pair for pair in _RANGE.finditer(found[0][1:-1]) if pair[2][0] == "\\" or pair[1] > pair[2]), None)
    return found[0], "atom", f"{wrong[0]} is not a range" if wrong else ""


def _names(text: str) -> str:
    """What is wrong with the names of classes and the numbers of characters in an escape or a bracket."""
    if text.startswith("\\Q"):
        return ""
    for name in _POSIX.findall(text[1:]) if text.startswith("[") else ():
        if name not in _POSIX_NAMES:
            return f"there is no class [:{name}:]"
    for name in _UNICODE.findall(text):
        if name and name not in KNOWN:
            return f"there is no category or script {name} of Unicode"
    too_large = next((number for number in _HEX.findall(text) if int(number, 16) > _LAST_CHARACTER), None)
    return f"there is no character {too_large}" if too_large else ""


def _of_repeat(repeat: re.Match[str], repeatable: str) -> str:
    if repeatable != "yes":
        return f"{repeat[0]} has nothing to repeat" if not repeatable else f"{repeat[0]} repeats a repetition"
    least, most = int(repeat["least"] or 0), int(repeat["most"] or repeat["least"] or 0)
    if max(least, most) > _MOST_REPEATS or least > most:
        return f"{repeat[0]}: RE2 allows at most {_MOST_REPEATS} repetitions, with the smaller number first"
    return ""
