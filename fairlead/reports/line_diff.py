"""Which lines are on both sides, and which on one? First those that are there once, then what lies between them.

Lines of their own kind part a long text into short pieces: a CRD of ten thousand lines is compared in an instant.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

Pair = tuple[int | None, int | None]
"""The place of a line on the old and on the new side, None where it is not there."""


def paired(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Every line of both sides, in order."""
    pairs: list[Pair] = []
    start, other_start = 0, 0
    for place, other in [*_anchors(old, new), (len(old), len(new))]:
        pairs += _between(old, new, (start, place), (other_start, other))
        pairs += [(place, other)] if place < len(old) and other < len(new) else []
        start, other_start = place + 1, other + 1
    return pairs


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Lines that are there once on each side: the longest row of them that has the same order on both."""
    numbers = (Counter(old), Counter(new))
    places = {line: place for place, line in enumerate(new) if numbers[0][line] == numbers[1][line] == 1}
    candidates = [(place, places[line]) for place, line in enumerate(old) if line in places]
    ends: list[int] = []
    at: list[int] = []
    former: list[int | None] = []
    for index, (_, other) in enumerate(candidates):
        length = bisect_left(ends, other)
        ends[length : length + 1] = [other]
        former.append(at[length - 1] if length else None)
        at[length : length + 1] = [index]
    row: list[tuple[int, int]] = []
    index = at[-1] if at else None
    while index is not None:
        row.append(candidates[index])
        index = former[index]
    return row[::-1]


def _between(old: Sequence[str], new: Sequence[str], span: tuple[int, int], other: tuple[int, int]) -> Iterator[Pair]:
    matcher = SequenceMatcher(None, old[slice(*span)], new[slice(*other)])
    for tag, first, last, other_first, other_last in matcher.get_opcodes():
        lines = range(span[0] + first, span[0] + last)
        others = range(other[0] + other_first, other[0] + other_last)
        if tag == "equal":
            yield from zip(lines, others, strict=True)
        else:
            yield from ((line, None) for line in lines)
            yield from ((None, line) for line in others)
