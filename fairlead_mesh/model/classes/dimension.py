"""Which values of one part of a request are told apart? Each value by what is asked of it, with one that stands for it.

Whole values, prefixes and suffixes are told apart by candidates; where regular expressions are among them, by a walk
through all automata at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from fairlead_mesh.model.classes.automaton import Automaton
from fairlead_mesh.model.classes.expression import automaton
from fairlead_mesh.model.classes.walk import walked
from fairlead_mesh.model.traffic.undecided import UndecidedError

EXACT, PREFIX, SUFFIX, REGEX, PRESENT = "exact", "prefix", "suffix", "regex", "present"
_PLAIN = (EXACT, PREFIX, SUFFIX, PRESENT)


@dataclass(frozen=True)
class Wanted:
    """What is asked of a value: to be a text, to begin or to end with it, to be one of a regular expression's."""

    form: str
    text: str = ""
    ignore_case: bool = False

    @property
    def is_plain(self) -> bool:
        return self.form in _PLAIN and not self.ignore_case

    @property
    def automaton(self) -> Automaton:
        """The same, as an automaton. Raises UndecidedError."""
        if self.form == REGEX:
            return automaton(self.text)
        ends = {EXACT: ("", ""), PREFIX: ("", ".*"), SUFFIX: (".*", ""), PRESENT: (".*", "")}[self.form]
        return automaton(f"{ends[0]}{re.escape(self.text)}{ends[1]}", ignore_case=self.ignore_case)

    def takes(self, value: str | None) -> bool:
        """Whether a value is what is asked for; None is no value."""
        if value is None:
            return False
        if self.is_plain:
            return _TAKES[self.form](value, self.text)
        return self.automaton.takes(value)


_TAKES: dict[str, Callable[[str, str], bool]] = {
    EXACT: str.__eq__,
    PREFIX: str.startswith,
    SUFFIX: str.endswith,
    PRESENT: lambda _value, _text: True,
}


@dataclass(frozen=True)
class Kind:
    """What values of a part of a request can be: `usual` come first, `behind` are put behind a prefix or before a
    suffix, `allowed` is the expression of all that there can be and that `takes` lets be one; `optional`: there may be
    none. With `only` these are all."""

    usual: tuple[str, ...]
    behind: tuple[str, ...]
    allowed: str
    optional: bool = False
    only: tuple[str, ...] = ()
    takes: Callable[[str], bool] = lambda _value: True


@dataclass(frozen=True)
class Dimension:
    """The values that are told apart (`cells`), and which of them each thing that is asked for takes, as bits."""

    cells: tuple[str | None, ...]
    bits: Mapping[Wanted, int]
    open: str = ""
    """Why there may be more cells than these."""

    @cached_property
    def every(self) -> int:
        return (1 << len(self.cells)) - 1

    def first(self, mask: int) -> str | None:
        """The value that stands for these cells."""
        return self.cells[(mask & -mask).bit_length() - 1]


def dimension(kind: Kind, asked: Sequence[Wanted]) -> Dimension:
    """The dimension of a part of requests."""
    wanted, reason = _readable(dict.fromkeys(asked))
    index = _Index(wanted)
    # No value, and a value that nobody asks for, are told apart by nobody.
    found: dict[frozenset[int], str | None] = {frozenset(): None} if kind.optional else {}
    allowed = re.compile(kind.allowed)
    for value in kind.only or _candidates(kind, wanted):
        if kind.only or (allowed.fullmatch(value) and kind.takes(value)):
            found.setdefault(index.taking(value), value)
    if index.automata and not kind.only:
        try:
            for numbers, value in walked(automaton(kind.allowed), [each.automaton for each in wanted]):
                if numbers not in found and not kind.takes(value):
                    reason = f"of the values that a regular expression takes, only {value} was tried"
                else:
                    found.setdefault(numbers, value)
        except UndecidedError as error:
            reason = str(error)
    bits = dict.fromkeys(wanted, 0)
    for place, numbers in enumerate(found):
        for number in numbers:
            bits[wanted[number]] |= 1 << place
    return Dimension(tuple(found.values()), bits, reason)


def _readable(asked: Iterable[Wanted]) -> tuple[list[Wanted], str]:
    """What an automaton can be made of, and why not of the rest."""
    found: list[Wanted] = []
    reason = ""
    for each in asked:
        try:
            found += [each] if each.is_plain or each.automaton else []
        except UndecidedError as error:
            reason = str(error)
    return found, reason


class _Index:
    """Which of the things that are asked for take a value, without asking each of them."""

    def __init__(self, wanted: Sequence[Wanted]):
        self._texts: dict[tuple[str, str], int] = {}
        self.automata: list[tuple[int, Wanted]] = []
        self._present: list[int] = []
        for number, each in enumerate(wanted):
            if not each.is_plain:
                self.automata.append((number, each))
            elif each.form == PRESENT:
                self._present.append(number)
            else:
                self._texts[each.form, each.text] = number

    def taking(self, value: str) -> frozenset[int]:
        lengths = range(len(value) + 1)
        keys = [(EXACT, value), *((PREFIX, value[:at]) for at in lengths), *((SUFFIX, value[at:]) for at in lengths)]
        found = {self._texts[key] for key in keys if key in self._texts}
        return frozenset(found | {number for number, each in self.automata if each.takes(value)} | {*self._present})


def _candidates(kind: Kind, wanted: Sequence[Wanted]) -> Iterator[str]:
    """Values of every combination that whole texts, prefixes and suffixes can have, the plainest first."""
    texts = {form: [each.text for each in wanted if each.form == form] for form in (EXACT, PREFIX, SUFFIX)}
    yield from kind.usual
    yield from texts[EXACT]
    between = [*kind.behind, *_unnamed(texts)]
    for prefix in texts[PREFIX]:
        yield prefix
        yield from (prefix + more for more in between)
    for suffix in texts[SUFFIX]:
        yield from (more + suffix for more in ("", *kind.usual, *between))
        yield from (prefix + more + suffix for prefix in texts[PREFIX] for more in ("", *kind.behind))
    yield from between
    yield from (each + more for each in kind.usual for more in between)


def _unnamed(texts: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """A letter that goes on no text that is asked for: what is behind it is nobody's."""
    named = {letter for listed in texts.values() for text in listed for letter in text}
    yield from (letter for letter in "zqxjkvwyZQXJ0123456789" if letter not in named)
