"""Which texts does a regular expression take? An automaton of RE2's syntax, for whole texts of printable ASCII.

Source: RE2's syntax page. What is no regular language, or not worth its states, is refused: never guessed.
"""

from __future__ import annotations

import re
from functools import lru_cache

from fairlead_mesh.model.classes.automaton import ALPHABET, Automaton
from fairlead_mesh.model.traffic.undecided import UndecidedError

_EVERY = frozenset(ALPHABET)
_DIGITS = frozenset("0123456789")
_WORD = _DIGITS | frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_SPACE = frozenset(" ")
_CLASSES = {"d": _DIGITS, "D": _EVERY - _DIGITS, "w": _WORD, "W": _EVERY - _WORD, "s": _SPACE, "S": _EVERY - _SPACE}
_REPEATED = re.compile(r"\{(\d+)(,(\d*))?\}")
_QUOTED = re.compile(r"\\Q(.*?)(?:\\E|$)", re.DOTALL)
_GROUP = re.compile(r"\?(?::|P?<\w+>)")

Part = tuple[int, int]
"""Where a part of the automaton begins and ends."""


@lru_cache(maxsize=1 << 10)
def automaton(pattern: str, *, ignore_case: bool = False) -> Automaton:
    """The automaton of a pattern. Raises UndecidedError."""
    text = _QUOTED.sub(lambda found: re.escape(found[1]), pattern)
    try:
        return _Reader(text, ignore_case=ignore_case).read()
    except (IndexError, KeyError, ValueError, RecursionError):
        raise UndecidedError(f"the regular expression {pattern} cannot be compared with others") from None


class _Reader:
    def __init__(self, text: str, *, ignore_case: bool):
        self.text, self.at, self.made, self.ignore_case = text, 0, Automaton(), ignore_case

    def read(self) -> Automaton:
        start, end = self._either()
        if self.at < len(self.text):
            raise ValueError(self.text)
        self.made.start, self.made.ends = self.made.closed({start}), [end]
        return self.made

    def _next(self) -> str:
        return self.text[self.at : self.at + 1]

    def _took(self, character: str) -> bool:
        if self._next() != character:
            return False
        self.at += 1
        return True

    def _either(self) -> Part:
        parts = [self._sequence()]
        while self._took("|"):
            parts.append(self._sequence())
        if len(parts) == 1:
            return parts[0]
        start, end = self.made.new(), self.made.new()
        for first, last in parts:
            self.made.empty[start].append(first)
            self.made.empty[last].append(end)
        return start, end

    def _sequence(self) -> Part:
        start = end = self.made.new()
        while self._next() and self._next() not in "|)":
            first, last = self._repeated()
            self.made.empty[end].append(first)
            end = last
        return start, end

    def _repeated(self) -> Part:
        begun = self.at
        part = self._one()
        if not self._next() or self._next() not in "*+?{":
            return part
        fewest, most = self._times()
        self._took("?")
        if self._next() and self._next() in "*+?{":
            raise ValueError("repeated twice")
        return self._copies(begun, self.at, part, fewest, most)

    def _times(self) -> tuple[int, int | None]:
        if self._next() != "{":
            sign, self.at = self._next(), self.at + 1
            return (1 if sign == "+" else 0), (1 if sign == "?" else None)
        found = _REPEATED.match(self.text, self.at)
        if found is None:
            raise ValueError(self.text)
        self.at = found.end()
        fewest = int(found[1])
        return fewest, fewest if found[2] is None else int(found[3]) if found[3] else None

    def _copies(self, begun: int, ended: int, part: Part, fewest: int, most: int | None) -> Part:
        """The part so often; `begun` is where it stands in the text, to be read anew for each time."""
        start = end = self.made.new()
        times = max(fewest, most or 0, 1)
        for number in range(times):
            first, last = part if number == 0 else self._again(begun)
            self.made.empty[end].append(first)
            if number >= fewest:
                self.made.empty[end].append(last)
            if most is None and number == times - 1:
                self.made.empty[last].append(first)
            end = last
        self.at = ended
        return (start, end) if most != 0 else (start, start)

    def _again(self, begun: int) -> Part:
        self.at = begun
        return self._one()

    def _one(self) -> Part:
        if self._took("("):
            if found := _GROUP.match(self.text, self.at):
                self.at = found.end()
            elif self._next() == "?":
                raise ValueError("flags")
            part = self._either()
            if not self._took(")"):
                raise ValueError(self.text)
            return part
        if self._next() in "^$":
            return self._anchor()
        return self._characters(self._set())

    def _anchor(self) -> Part:
        """A whole text is compared, so that at its ends they ask nothing."""
        place = self.at
        self.at += 1
        if place != (0 if self.text[place] == "^" else len(self.text) - 1):
            raise ValueError("anchor")
        only = self.made.new()
        return only, only

    def _characters(self, wanted: frozenset[str]) -> Part:
        if self.ignore_case:
            wanted |= {other for each in wanted for other in (each.lower(), each.upper())}
        start, end = self.made.new(), self.made.new()
        self.made.steps[start].append((wanted, end))
        return start, end

    def _set(self) -> frozenset[str]:
        character, self.at = self.text[self.at], self.at + 1
        if character == ".":
            return _EVERY
        if character == "[":
            return self._listed()
        return self._escaped() if character == "\\" else self._literal(character)

    def _literal(self, character: str) -> frozenset[str]:
        if character in "*+?{":
            raise ValueError("nothing to repeat")
        return frozenset(character)

    def _escaped(self) -> frozenset[str]:
        character, self.at = self.text[self.at], self.at + 1
        if character in _CLASSES:
            return _CLASSES[character]
        if character.isalnum():
            raise ValueError("escape")
        return frozenset(character)

    def _listed(self) -> frozenset[str]:
        negated, found, first = self._took("^"), set[str](), True
        while first or self._next() != "]":
            first = False
            if self.text.startswith("[:", self.at):
                raise ValueError("named class")
            low = self._member()
            if self._next() == "-" and self.text[self.at + 1] != "]":
                self.at += 1
                high = self._member()
                found |= {chr(code) for code in range(ord(min(low)), ord(min(high)) + 1)}
            else:
                found |= low
        self.at += 1
        return _EVERY - found if negated else frozenset(found)

    def _member(self) -> frozenset[str]:
        character, self.at = self.text[self.at], self.at + 1
        return self._escaped() if character == "\\" else frozenset(character)
