"""Which pods is a version? The subsets that DestinationRules give a host, by name and labels.

What a route sends to a subset that is gone, or that has no pods, is told by destinations.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effects, Kind
from fairlead.effects.routing.destination_watcher import Subsets, subsets_of
from fairlead.effects.words import Draft, Wording, effects, few, listed, wording
from mesh.model.destination_rules import Subset
from mesh.model.graph import Graph, service_key
from mesh.model.workloads import labels_in_words


def watch(comparison: Comparison) -> Effects:
    """Subsets of hosts that are on both sides; the versions of a new app are told with its routes."""
    words = wording(comparison)
    before, after = comparison.before.graph, comparison.after.graph
    yield from effects(_drafts(subsets_of(before), subsets_of(after), comparison, words), words, Kind.TRAFFIC)


def _drafts(before: Subsets, after: Subsets, comparison: Comparison, words: Wording) -> Iterator[Draft]:
    for host in sorted({*before, *after}):
        key = service_key(host, "")
        sides = comparison.before.graph, comparison.after.graph
        if key and len([side for side in sides if key in side.services]) == 1:
            continue
        old, new = before.get(host, {}), after.get(host, {})
        subject = key[1] if key else host
        if more := [f"{name} ({_labels(new[name])})" for name in sorted(new.keys() - old.keys())]:
            yield Draft(subject, words.now(f"has {'subset' if len(more) == 1 else 'subsets'} {listed(more)}"))
        if gone := sorted(old.keys() - new.keys()):
            yield Draft(subject, words.no_longer(f"has {'subset' if len(gone) == 1 else 'subsets'} {few(gone)}"))
        for name in sorted(old.keys() & new.keys()):
            if old[name].labels != new[name].labels:
                pods = _pods(key, new[name], comparison.after.graph)
                text = words.instead(f"subset {name} selects pods with", _labels(old[name]), _labels(new[name]))
                yield Draft(subject, f"{text}{pods}")


def _pods(key: tuple[str, str] | None, subset: Subset, graph: Graph) -> str:
    """The workloads that are the subset now, where any are known."""
    service = graph.services.get(key) if key else None
    found = subset.pods(graph, service) if service else []
    return f": {few(sorted(str(each.item) for each in found))}" if found else ""


def _labels(subset: Subset) -> str:
    return labels_in_words(subset.labels) or "any labels"
