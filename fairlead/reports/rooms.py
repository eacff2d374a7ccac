"""How do the reports of several stacks share one comment? The short ones whole, the long ones with equal rooms."""

from __future__ import annotations

from collections.abc import Sequence


def rooms(lengths: Sequence[int], room: int) -> list[int]:
    """How many characters each text may have; one that is shorter than its share leaves the rest to the others."""
    given = [0] * len(lengths)
    waiting = sorted(range(len(lengths)), key=lambda index: (lengths[index], index))
    left = max(room, 0)
    while waiting:
        share = left // len(waiting)
        index = waiting.pop(0)
        given[index] = min(lengths[index], share)
        left -= given[index]
    return given
