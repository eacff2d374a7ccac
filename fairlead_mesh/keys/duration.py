"""How long is a duration as Istio reads it?"""

from __future__ import annotations

import re

_PART = r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)"
_DURATION = re.compile(rf"[-+]?(?:0|(?:{_PART})+)")
_NANOSECONDS = {"ns": 1, "us": 10**3, "µs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_MILLISECOND = 10**6


def nanoseconds(text: object) -> int | None:
    """`1m30s` -> 90 * 10**9; None for what is no duration."""
    if not isinstance(text, str) or not _DURATION.fullmatch(text):
        return None
    total = sum(round(float(number) * _NANOSECONDS[unit]) for number, unit in re.findall(_PART, text))
    return -total if text.startswith("-") else total


def complaint(text: object, *, zero: bool = False) -> str | None:
    """Why istiod rejects a duration, which must be a millisecond at least; None where it does not."""
    length = nanoseconds(text)
    if length is None:
        return "this is not a duration"
    if length == 0 and zero:
        return None
    if length < _MILLISECOND:
        return "a duration is at least one millisecond"
    return "a duration has whole milliseconds" if length % _MILLISECOND else None
