"""How much may a YAML text stand for? Aliases let a few hundred bytes hold gigabytes, and brackets nest without end."""

from __future__ import annotations

from typing import Any, cast

DEEPEST = 200
MOST = 100_000
_LONG = 100
"""A scalar counts once more for each so many characters."""


class TooMuchError(Exception):
    """The text stands for more than anybody writes; `problem_mark` is where that begins, as in the parsers' errors."""

    def __init__(self, problem: str, remedy: str, mark: Any):
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
        self.problem_mark = mark


def too_deep(mark: Any) -> TooMuchError:
    """That something is nested deeper than any program here could follow."""
    return TooMuchError(f"is nested deeper than {DEEPEST} levels", "Nest it less.", mark)


def hold_to_limits(root: Any) -> None:
    """Raises TooMuchError where a document (its node, of whichever parser) holds itself, is nested deeper than
    `DEEPEST`, or repeats more than `MOST` values by aliases and merge keys.

    It costs as much as the text is long, whatever the text stands for; what is written out in full has no limit.
    """
    _Walk().measure(root, 0)


class _Walk:
    """Sizes with every alias written out, and heights, of the nodes that were seen; 0 while one is being walked."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[int, int]] = {}
        self.written = 0

    def measure(self, node: Any, depth: int) -> tuple[int, int]:
        content: Any = node.value
        if not isinstance(content, list) and len(content) < _LONG:
            self.written += 1
            return 1, 0
        if found := self.known.get(id(node)):
            return self._met_again(node, found, depth)
        if depth > DEEPEST:
            raise too_deep(node.start_mark)
        before = self.written
        size, height = 1 if isinstance(content, list) else 1 + len(content) // _LONG, 0
        self.written += size
        self.known[id(node)] = (0, 0)
        for part in _parts(content):
            more, below = self.measure(part, depth + 1)
            size, height = size + more, max(height, below + 1)
        if size - (self.written - before) > MOST:
            remedy = "Write it without aliases, no larger than necessary."
            raise TooMuchError(f"repeats more than {MOST:,} values by aliases", remedy, node.start_mark)
        self.known[id(node)] = (size, height)
        return size, height

    @staticmethod
    def _met_again(node: Any, found: tuple[int, int], depth: int) -> tuple[int, int]:
        size, height = found
        if not size:
            problem = "contains itself: an alias refers to a value that contains it"
            raise TooMuchError(problem, "Write the value instead of the alias.", node.start_mark)
        if depth + height > DEEPEST:
            raise too_deep(node.start_mark)
        return found


def _parts(content: Any) -> list[Any]:
    """The nodes of a list or a map; a scalar has none."""
    if not isinstance(content, list):
        return []
    items = cast("list[Any]", content)
    if items and isinstance(items[0], tuple):
        return [part for pair in items for part in pair]
    return items
