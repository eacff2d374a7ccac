"""Which keys of a section exclude each other, and of which must one be there? Said once, for model and schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

_ABSENT: list[Any] = [None, {}, []]
_THERE: dict[str, Any] = {"not": {"enum": _ABSENT}}


@dataclass(frozen=True)
class Together:
    """Keys of which `least` to `most` may be there, else `what` says what to write; empty counts as absent."""

    keys: tuple[str, ...]
    what: str
    least: int = 0
    most: int = 1

    def holds(self, section: Mapping[str, Any]) -> bool:
        """Whether it is so in a section whose keys are those of the stack file."""
        return self.least <= sum(section.get(key) not in _ABSENT for key in self.keys) <= self.most

    def conditions(self) -> list[dict[str, Any]]:
        """The same as parts of a JSON schema; editors show `errorMessage`."""
        found: list[dict[str, Any]] = []
        if self.least:
            there = [{"required": [key], "properties": {key: _THERE}, "errorMessage": self.what} for key in self.keys]
            found.append({"anyOf": there})
        if self.most < len(self.keys):
            found += [self._not_both(*pair) for pair in combinations(self.keys, 2)]
        return found

    def _not_both(self, first: str, second: str) -> dict[str, Any]:
        return {
            "if": {"required": [first], "properties": {first: _THERE}},
            "then": {"properties": {second: {"enum": _ABSENT, "errorMessage": self.what}}},
        }


def at_most_one(*keys: str, what: str = "") -> Together:
    """`replicas` excludes `autoscaling`."""
    return Together(keys, what or f"keep one of {', '.join(keys[:-1])} and {keys[-1]}")


def exactly_one(*keys: str, what: str) -> Together:
    """A cluster is on EKS or in a kubeconfig."""
    return Together(keys, what, least=1)


def at_least_one(*keys: str, what: str) -> Together:
    """A rewrite changes something."""
    return Together(keys, what, least=1, most=len(keys))
