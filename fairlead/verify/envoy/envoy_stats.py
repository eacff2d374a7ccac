"""What does an Envoy count? `/stats?format=json`, read, and added over several proxies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_maps


def stats(answer: Mapping[str, Any]) -> dict[str, int]:
    """Counters and gauges by name. Histograms and texts are left out."""
    found: dict[str, int] = {}
    for each in as_maps(answer.get("stats")):
        name, value = each.get("name"), each.get("value")
        if isinstance(name, str) and isinstance(value, int):
            found[name] = value
    return found


def added(each: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sums over several proxies."""
    total: Counter[str] = Counter()
    for one in each:
        total.update(one)
    return dict(total)


def since(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """What was counted in between; a proxy that restarted counts from 0 again, and what is less is left out."""
    return {name: value - before.get(name, 0) for name, value in after.items() if value > before.get(name, 0)}
