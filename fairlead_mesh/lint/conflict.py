"""How is a conflict between objects told? Once, at the last of them that is somebody's to fix; the others are named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from fairlead_mesh.findings import Hit, Path, Severity
from fairlead_mesh.model.objects.item import Item

Key = TypeVar("Key")
Part = tuple[Item, Path]
"""An object, and the path in it that takes part in a conflict."""


def conflict(
    parts: Sequence[Part], message: Callable[[list[Item]], str], remedy: str, *, severity: Severity | None = None
) -> Iterator[Hit]:
    """The hit of objects of which only one applies; `message` is about the others."""
    told = next((part for part in reversed(parts) if not part[0].brought), None)
    others = [part for part in dict(parts).items() if told and part[0] is not told[0]]
    if told and others:
        yield told[0].hit(told[1], message([item for item, _ in others]), remedy, severity=severity, others=others)


def conflicts_over(claims: Mapping[Key, Sequence[Item]], path: Path) -> Iterator[tuple[Key, list[Part]]]:
    """The same of objects that claim by one field of theirs; each group with the first thing that it claims."""
    first = {frozenset(items): key for key, items in reversed([*claims.items()])}
    for parts in conflicts([(item, path) for item in items] for items in claims.values()):
        yield first[frozenset(item for item, _ in parts)], parts


def conflicts(claims: Iterable[Sequence[Part]]) -> list[list[Part]]:
    """Of those who claim the same thing each, the groups of several objects; one inside another is left out."""
    groups: dict[frozenset[Item], list[Part]] = {}
    for parts in claims:
        of_item = dict(reversed(parts))
        if len(of_item) > 1:
            groups.setdefault(frozenset(of_item), [(item, of_item[item]) for item, _ in dict(parts).items()])
    whole: dict[Item, list[frozenset[Item]]] = defaultdict(list)
    for group in sorted(groups, key=len, reverse=True):
        one = min(group, key=lambda item: len(whole[item]))
        if not any(group < other for other in whole[one]):
            for item in group:
                whole[item].append(group)
    kept = {group for found in whole.values() for group in found}
    return [parts for group, parts in groups.items() if group in kept]
