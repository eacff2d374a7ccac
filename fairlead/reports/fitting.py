"""How does a text fit where it has to go? Its sections give way in turn, each to a shorter form that is whole too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

Form = Callable[[], str]
"""One way to write a section; empty where there is nothing to write."""


class Fitting:
    """Sections in the order in which they are read, each in all of its forms, the fullest first."""

    def __init__(self, sections: Mapping[str, Sequence[Form]]):
        self.sections = sections
        self.chosen = dict.fromkeys(sections, 0)
        self._written: dict[tuple[str, int], str] = {}

    def fit(self, limit: int, gives_way: Sequence[str], summed_up: str) -> str:
        """All of it in at most `limit` letters, as far as the shortest forms allow.

        `gives_way` names the sections in the order in which they get shorter; what stands last in it is shortened last.
        `summed_up` is said at the end where anything is.
        """
        for name in filter(self.sections.__contains__, gives_way):
            while len(self._text(summed_up)) > limit and self._shorter(name):
                pass
        for name in filter(self.sections.__contains__, reversed(gives_way)):
            # What gave way later may have made room for more of this.
            while self._longer(name):
                if len(self._text(summed_up)) > limit:
                    self._shorter(name)
                    break
        return self._text(summed_up)

    @property
    def is_whole(self) -> bool:
        """Whether every section is in its fullest form."""
        return not any(self.chosen.values())

    def _shorter(self, name: str) -> bool:
        if self.chosen[name] + 1 >= len(self.sections[name]):
            return False
        self.chosen[name] += 1
        return True

    def _longer(self, name: str) -> bool:
        if self.chosen[name] == 0:
            return False
        self.chosen[name] -= 1
        return True

    def _text(self, summed_up: str) -> str:
        parts = [self._section(name, number) for name, number in self.chosen.items()]
        if not self.is_whole:
            parts.append(summed_up)
        return "\n\n".join(part for part in parts if part)

    def _section(self, name: str, number: int) -> str:
        if (name, number) not in self._written:
            self._written[name, number] = self.sections[name][number]()
        return self._written[name, number]
