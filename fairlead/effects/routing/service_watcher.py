"""Does a Service still lead to pods, on the same ports? Those of both sides, whoever calls them.

The name of a port, or its appProtocol, tells Istio the protocol; HTTP routes hold for HTTP ports only
(Istio: ops/configuration/traffic-management/protocol-selection).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effects, Hurt, Kind
from fairlead.effects.words import Draft, Wording, effects, listed, wording
from mesh.model.graph import Graph
from mesh.model.item import Item
from mesh.model.protocols import service_protocol
from mesh.model.workloads import labels_in_words
from mesh.model.yaml_values import as_map

_GONE = "its name no longer resolves: make sure that nobody uses it any more"
_PORT_GONE = "clients cannot connect to the port any more: keep it until they use another one"
_NO_PODS = "set the selector to the labels of its pods"
_PROTOCOL = "HTTP routes, retries and policies apply only to ports whose protocol is HTTP"
_GUESSED = "automatic detection"


def watch(comparison: Comparison) -> Effects:
    """Services that the stack itself declares."""
    words = wording(comparison)
    yield from effects(_drafts(comparison.before.graph, comparison.after.graph, words), words, Kind.TRAFFIC)


def _drafts(before: Graph, after: Graph, words: Wording) -> Iterator[Draft]:
    for key, old in sorted(before.services.items()):
        new = after.services.get(key)
        if new is None and not old.brought:
            yield Draft(str(old), words.deleted, Hurt.INTERRUPTS, _GONE)
        elif new is not None and not new.brought:
            yield from _pods(old, new, before, after, words)
            if old.spec.get("type") not in ("LoadBalancer", "NodePort") and old.manifest != new.manifest:
                yield from _ports(old, new, words)


def _pods(old: Item, new: Item, before: Graph, after: Graph, words: Wording) -> Iterator[Draft]:
    selectors = [as_map(item.get("spec", "selector")) for item in (old, new)]
    found = before.selected(old.namespace, selectors[0]) if selectors[0] else []
    had = [pods for pods in found if not pods.item.brought]
    has = after.selected(new.namespace, selectors[1]) if selectors[1] else []
    if had and not has and selectors[1]:
        text = words.now(f"no pod has the labels {_labels(selectors[1])}, so it has no endpoints")
        yield Draft(str(new), text, Hurt.INTERRUPTS, _NO_PODS, stands=True)
    elif selectors[0] != selectors[1]:
        yield Draft(str(new), words.instead("selects pods with", *map(_labels, selectors)))


def _ports(old: Item, new: Item, words: Wording) -> Iterator[Draft]:
    before, after = _by_number(old), _by_number(new)
    if gone := sorted(before.keys() - after.keys(), key=_numeric):
        yield Draft(str(new), words.no_longer(f"has {_port_words(gone)}"), Hurt.INTERRUPTS, _PORT_GONE)
    if more := sorted(after.keys() - before.keys(), key=_numeric):
        yield Draft(str(new), words.now(f"has {_port_words(more)}"))
    for number in sorted(before.keys() & after.keys(), key=_numeric):
        targets = [str(port[number].get("targetPort") or number) for port in (before, after)]
        if targets[0] != targets[1]:
            yield Draft(str(new), words.instead(f"port {number} has target port", *targets))
        spoken = [service_protocol(port[number]) or _GUESSED for port in (before, after)]
        if spoken[0] != spoken[1]:
            text = words.goes(f"the protocol of port {number}", *spoken)
            yield Draft(str(new), text, Hurt.INTERRUPTS, _PROTOCOL)


def _by_number(service: Item) -> dict[str, dict[str, Any]]:
    return {str(port["port"]): port for _, port in service.maps("spec", "ports") if "port" in port}


def _port_words(ports: list[str]) -> str:
    return f"port {ports[0]}" if len(ports) == 1 else f"ports {listed(ports)}"


def _numeric(port: str) -> tuple[int, str]:
    return len(port), port


def _labels(selector: Mapping[str, Any]) -> str:
    return labels_in_words(selector) or "no labels"
