"""Which objects are defined more than once, and which definition stays? What is applied last wins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fairlead_mesh.model.objects.item import Item

Identity = tuple[str, str, str, str]
Repeat = tuple[Item, tuple[Item, ...]]
"""The definition that stays, and those before it that say something else."""


def identity(item: Item) -> Identity | None:
    """What tells an object from others, whatever version of its API it is written in; None where it has no name."""
    if not item.name:
        return None
    group, slash, _ = str(item.manifest.get("apiVersion")).rpartition("/")
    return group if slash else "", item.kind, item.namespace, item.name


def latest(items: Sequence[Item]) -> tuple[list[Item], list[Repeat]]:
    """Every object once, as it is applied last, and those whose definitions differ."""
    groups: dict[Identity, list[Item]] = {}
    for item in items:
        if key := identity(item):
            groups.setdefault(key, []).append(item)
    several = [group for group in groups.values() if len(group) > 1]
    if not several:
        return list(items), []
    dropped = {item for group in several for item in group[:-1]}
    repeats = [(group[-1], tuple(item for item in group[:-1] if differ(item, group[-1]))) for group in several]
    return [item for item in items if item not in dropped], [repeat for repeat in repeats if repeat[1]]


def differ(one: Item, other: Item) -> bool:
    """Whether two definitions of an object say different things."""
    return one.manifest != other.manifest


def alternatives(repeats: Iterable[Repeat]) -> dict[str, set[str]]:
    """File -> the files that define one of its objects otherwise: they are not meant to be applied together.

    A namespace is no sign of that: every file that needs one brings its own.
    """
    found: dict[str, set[str]] = {}
    for kept, others in repeats:
        files = sorted({kept.source, *(item.source for item in others)}) if kept.kind != "Namespace" else []
        for file in files if len(files) > 1 else ():
            found.setdefault(file, set()).update(each for each in files if each != file)
    return found
