"""What do sidecars know of? The hosts that Sidecar objects leave them, by the pods that they hold for.

A Sidecar without a workloadSelector holds for its namespace, and one in the root namespace for all namespaces without
their own; without any, a sidecar knows every host (Istio: reference/config/networking/sidecar).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effects, Hurt, Kind
from fairlead.effects.words import Draft, Wording, effects, few, wording
from mesh.model.graph import Graph
from mesh.model.item import Item
from mesh.model.virtual_service import strings
from mesh.model.workloads import labels_in_words
from mesh.model.yaml_values import as_map

_EVERYTHING = frozenset({"*/*"})
_NARROWED = "requests to other hosts lose routes and mTLS, or are blocked: compare with the hosts that the pods call"
_REFUSED = "requests to unknown hosts are blocked: add ServiceEntries for them first"


def watch(comparison: Comparison) -> Effects:
    """Sidecar objects."""
    words = wording(comparison)
    before, after = _scopes(comparison.before.graph), _scopes(comparison.after.graph)
    yield from effects(_drafts(before, after, words), words, Kind.TRAFFIC)


def _drafts(before: Mapping[str, Item], after: Mapping[str, Item], words: Wording) -> Iterator[Draft]:
    for subject in sorted({*before, *after}):
        old, new = before.get(subject), after.get(subject)
        seen = _hosts(old), _hosts(new)
        if seen[0] != seen[1]:
            text = words.instead("egress hosts of sidecars:", *map(_in_words, seen))
            narrower = not _covers(seen[1], seen[0])
            yield Draft(subject, text, Hurt.INTERRUPTS if narrower else None, _NARROWED if narrower else "")
        modes = _mode(old), _mode(new)
        if modes[0] != modes[1]:
            refuses = modes[1] == "REGISTRY_ONLY"
            text = words.goes("outboundTrafficPolicy", *modes)
            yield Draft(subject, text, Hurt.INTERRUPTS if refuses else None, _REFUSED if refuses else "")
        if old and new and old.spec.get("ingress") != new.spec.get("ingress"):
            yield Draft(subject, words.differ("ingress listeners"))


def _scopes(graph: Graph) -> dict[str, Item]:
    """For whom each holds; the first of several for the same pods."""
    found: dict[str, Item] = {}
    for item in sorted(graph.all_of_kind("Sidecar"), key=lambda each: (each.namespace, each.name)):
        labels = as_map(item.get("spec", "workloadSelector", "labels"))
        everywhere = item.namespace == graph.root_namespace and not labels
        scope = "the whole mesh" if everywhere else f"namespace {item.namespace}"
        found.setdefault(f"{scope}, pods with {labels_in_words(labels)}" if labels else scope, item)
    return found


def _hosts(item: Item | None) -> frozenset[str]:
    if item is None:
        return _EVERYTHING
    listed = (host for place, _ in item.maps("spec", "egress") for _, host in strings(item, *place, "hosts"))
    return frozenset(listed) or _EVERYTHING


def _covers(wider: frozenset[str], hosts: frozenset[str]) -> bool:
    """Whether every host is still known: as it stands, by a namespace's `*`, or by everything."""
    return "*/*" in wider or all(host in wider or f"{host.partition('/')[0]}/*" in wider for host in hosts)


def _in_words(hosts: frozenset[str]) -> str:
    return "every host" if "*/*" in hosts else few(sorted(hosts))


def _mode(item: Item | None) -> str:
    mode = as_map(item.get("spec", "outboundTrafficPolicy")).get("mode") if item else None
    return str(mode or "the mesh's")
