"""Which combinations of automata take the same text? A walk through all of them at once, shortest texts first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from fairlead_mesh.model.classes.automaton import ALPHABET, Automaton, joined
from fairlead_mesh.model.traffic.undecided import UndecidedError

_MOST_WORK = 1_500_000
"""Places of automata that are looked at: about two seconds."""

_LETTERS = "aemnxstz0123456789/-." + ALPHABET
"""The first of several characters that all automata take alike stands for them."""


def walked(allowed: Automaton, asked: Sequence[Automaton]) -> Iterator[tuple[frozenset[int], str]]:
    """(numbers of the automata that take a text, the text), once for each such set of numbers.

    Raises UndecidedError where there are more combinations than are walked through.
    """
    whole = joined([allowed, *asked])
    permitted, *ends = whole.ends
    number_of = {end: number for number, end in enumerate(ends)}
    living = frozenset(range(len(allowed.steps)))
    letters = _letters(whole)
    told: set[frozenset[int]] = set()
    seen, left, work = {whole.start}, deque([(whole.start, "")]), 0
    while left:
        state, text = left.popleft()
        numbers = frozenset(number_of[place] for place in state if place in number_of)
        if permitted in state and numbers not in told:
            told.add(numbers)
            yield numbers, text
        for letter in letters:
            work += len(state)
            to = whole.after(state, letter)
            if to not in seen and not living.isdisjoint(to):
                seen.add(to)
                left.append((to, text + letter))
        if work > _MOST_WORK:
            raise UndecidedError("the regular expressions here overlap in too many ways to tell their requests apart")


def _letters(whole: Automaton) -> list[str]:
    sets = list(dict.fromkeys(whole.sets))
    found: dict[tuple[bool, ...], str] = {}
    for letter in dict.fromkeys(_LETTERS):
        found.setdefault(tuple(letter in wanted for wanted in sets), letter)
    return list(found.values())
