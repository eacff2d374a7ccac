"""Which word was meant? The nearest of those that are known, however it is cased and joined."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_CLOSE = 0.7


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that differs from `word` by little; `access_logs` means `accessLogs`."""
    plain = {_plain(each): each for each in sorted(known, reverse=True)}
    close = difflib.get_close_matches(_plain(word), list(plain), n=1, cutoff=_CLOSE)
    return plain[close[0]] if close else None


def _plain(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "")
