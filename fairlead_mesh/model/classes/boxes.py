"""How is a space cut by rules of which the first that takes a request counts? Into boxes: for each dimension, cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

Box = tuple[int, ...]
"""For each dimension the cells that are meant, as bits."""


def both(one: Box, other: Box) -> Box | None:
    """What two boxes share; None where they share nothing."""
    found = tuple(a & b for a, b in zip(one, other, strict=True))
    return found if all(found) else None


def without(box: Box, other: Box) -> Iterator[Box]:
    """What is left of a box, in as many boxes as the other asks for dimensions."""
    for at, (mine, taken) in enumerate(zip(box, other, strict=True)):
        if left := mine & ~taken:
            yield (*box[:at], left, *box[at + 1 :])
        box = (*box[:at], mine & taken, *box[at + 1 :])


def first_taken(boxes: Iterable[Box], rules: Sequence[Box]) -> Iterator[tuple[Box, int | None]]:
    """Each part of the boxes with the number of the first rule that takes it; None for what no rule takes."""
    left = list(boxes)
    for number, rule in enumerate(rules):
        kept: list[Box] = []
        for box in left:
            if taken := both(box, rule):
                yield taken, number
                kept += without(box, rule)
            else:
                kept.append(box)
        left = kept
    yield from ((box, None) for box in left)


def told_apart(box: Box, rules: Iterable[Box]) -> list[Box]:
    """The parts of a box that lie wholly inside or wholly outside of each rule."""
    parts = [box]
    for rule in rules:
        cut: list[Box] = []
        for part in parts:
            inside = both(part, rule)
            cut += [inside, *without(part, rule)] if inside and inside != part else [part]
        parts = cut
    return parts
