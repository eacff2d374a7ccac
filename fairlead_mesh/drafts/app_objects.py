"""Which objects may be those of one app? That their names say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fairlead_mesh.model.objects.item import Item

_MESH_SUFFIX = "-mesh"


def together(items: Sequence[Item]) -> Iterator[tuple[Item, ...]]:
    """Which objects of one namespace may be those of one app: by their names, the larger group first, and single rules
    last."""
    named = {(each.kind, each.name): each for each in items}
    for (kind, name), each in named.items():
        if kind == "VirtualService":
            inside, rule = named.get((kind, f"{name}{_MESH_SUFFIX}")), named.get(("DestinationRule", name))
            own = [other for other in items if other.kind == "DestinationRule" and other.name.startswith(f"{name}-")]
            groups = [(each, inside, rule, *own), (each, inside, rule), (each, rule, *own), (each, rule), (each, *own)]
            yield from dict.fromkeys(tuple(part for part in group if part) for group in (*groups, (each,)))
    yield from ((each,) for each in items if each.kind == "DestinationRule")
