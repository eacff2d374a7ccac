"""Which traffic policies does a DestinationRule have, and for what?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fairlead_mesh.findings import Path
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map


@dataclass(frozen=True, slots=True)
class Policy:
    """A traffic policy at `path`: for one `port` of the Service, or for all but those with their own (`except_for`)."""

    item: Item
    path: Path
    value: dict[str, Any]
    port: int | None = None
    except_for: frozenset[int] = frozenset()

    @property
    def tls(self) -> dict[str, Any]:
        return as_map(self.value.get("tls"))


def destination_rules(graph: Graph) -> list[Item]:
    """Those that somebody wrote."""
    return graph.of_kind("DestinationRule")


def is_for_some_clients(item: Item) -> bool:
    """Whether it is a DestinationRule that holds for clients with certain labels alone."""
    return item.kind == "DestinationRule" and bool(item.get("spec", "workloadSelector"))


def policy_of_host(item: Item) -> dict[str, Any]:
    """What a DestinationRule says of its host as a whole."""
    return as_map(item.get("spec", "trafficPolicy"))


@lru_cache(maxsize=1 << 8)
def policies(item: Item) -> tuple[Policy, ...]:
    """Every policy of a DestinationRule: its own, its subsets' and those of single ports; thirteen rules ask."""
    return tuple(_policies(item))


def _policies(item: Item) -> Iterator[Policy]:
    owners: list[Path] = [("spec",), *(place for place, _ in item.maps("spec", "subsets"))]
    for owner in owners:
        path = (*owner, "trafficPolicy")
        value = item.get(*path)
        if not isinstance(value, dict):
            continue
        levels = item.maps(*path, "portLevelSettings")
        numbers = [(place, level, as_map(level.get("port")).get("number")) for place, level in levels]
        own = frozenset(number for _, _, number in numbers if isinstance(number, int))
        yield Policy(item, path, as_map(value), except_for=own)
        for place, level, number in numbers:
            yield Policy(item, place, level, port=number if isinstance(number, int) else None)
