"""Which state is a text in, character by character? An automaton of sets of places, made as it is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fairlead_mesh.model.traffic.undecided import UndecidedError

ALPHABET = "".join(chr(code) for code in range(0x20, 0x7F))
"""Printable ASCII, which paths and headers consist of."""

_MOST_PLACES = 2000

State = frozenset[int]


class Automaton:
    """Reads a text character by character; a state without members takes nothing any more. It may be several in one:
    each has a place in `ends`."""

    def __init__(self) -> None:
        self.steps: list[list[tuple[frozenset[str], int]]] = []
        self.empty: list[list[int]] = []
        self.start: State = frozenset()
        self.ends: list[int] = []
        self._known: dict[tuple[State, str], State] = {}

    def new(self) -> int:
        """Another place."""
        if len(self.steps) >= _MOST_PLACES:
            raise UndecidedError("a regular expression is too large to be compared with others")
        self.steps.append([])
        self.empty.append([])
        return len(self.steps) - 1

    @property
    def sets(self) -> Iterator[frozenset[str]]:
        """The sets of characters that it asks for."""
        return (wanted for each in self.steps for wanted, _ in each)

    def after(self, state: State, character: str) -> State:
        """The state after one more character."""
        key = (state, character)
        if key not in self._known:
            steps = (step for place in state for step in self.steps[place])
            self._known[key] = self.closed({to for wanted, to in steps if character in wanted})
        return self._known[key]

    def closed(self, places: set[int]) -> State:
        """With all that can be reached without reading."""
        found, left = set(places), list(places)
        while left:
            for to in self.empty[left.pop()]:
                if to not in found:
                    found.add(to)
                    left.append(to)
        return frozenset(found)

    def takes(self, text: str) -> bool:
        """Whether one of its parts takes a whole text."""
        state = self.start
        for character in text:
            state = self.after(state, character)
        return any(end in state for end in self.ends)


def joined(parts: Sequence[Automaton]) -> Automaton:
    """Several automata as one, their ends in this order."""
    whole = Automaton()
    starts: set[int] = set()
    for part in parts:
        first = len(whole.steps)
        whole.steps += [[(wanted, to + first) for wanted, to in each] for each in part.steps]
        whole.empty += [[to + first for to in each] for each in part.empty]
        whole.ends += [end + first for end in part.ends]
        starts |= {place + first for place in part.start}
    whole.start = frozenset(starts)
    return whole
