"""What do gateways listen for? The ports, hosts and TLS of Istio's Gateway objects, and whether pods stand behind them.

A Gateway tells the pods that its selector names what to listen for; with no such pods nobody listens
(Istio: reference/config/networking/gateway).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from fairlead.comparison.comparison import Comparison, Side
from fairlead.effects.effect import Effects, Hurt, Kind
from fairlead.effects.gateways.gateway_services import gateways
from fairlead.effects.gateways.listener_tls import other_tls
from fairlead.effects.requests.places import gateway_names
from fairlead.effects.words import Draft, Wording, effects, few, wording
from fairlead_mesh.model.gateway_listeners import Listener, gateway_selector, listeners
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.workloads import labels_in_words

_NOTHING = "no protocol"
_SILENT = "clients get no connection or 404: keep it until it gets no more requests"
_NO_PODS = "set the selector to the labels of the gateway's pods"
_ENDS = "clients must change at the same time"


def watch(comparison: Comparison) -> Effects:
    """Istio's Gateway objects."""
    yield from effects(_drafts(comparison, wording(comparison)), wording(comparison), Kind.TRAFFIC)


def _drafts(comparison: Comparison, words: Wording) -> Iterator[Draft]:
    before, after = comparison.before.graph.gateways, comparison.after.graph.gateways
    names = gateway_names(comparison.before.graph, comparison.after.graph)
    for key in sorted({*before, *after}):
        if key not in after and _pods_go_too(before[key], comparison):
            continue
        drafts = _of(f"gateway {names['/'.join(key)]}", key, comparison, words)
        yield from (replace(draft, about=frozenset((f"gateway/{'/'.join(key)}",))) for draft in drafts)


def _of(subject: str, key: tuple[str, str], comparison: Comparison, words: Wording) -> Iterator[Draft]:
    before, after = comparison.before.graph.gateways, comparison.after.graph.gateways
    old, new = (listeners(side[key]) if key in side else {} for side in (before, after))
    yield from _ports(subject, old, new, words)
    for port in sorted(old.keys() & new.keys()):
        yield from _port(subject, port, old[port], new[port], words)
    if key in before and key in after:
        yield from _pods(subject, (before[key], after[key]), comparison, words)


def _ports(subject: str, old: Mapping[str, Listener], new: Mapping[str, Listener], words: Wording) -> Iterator[Draft]:
    for port in sorted(new.keys() - old.keys()):
        yield Draft(subject, words.now(f"listens on port {port} ({new[port].protocol}) for {_hosts(new[port].hosts)}"))
    for port in sorted(old.keys() - new.keys()):
        yield Draft(subject, words.no_longer(f"listening on port {port}"), Hurt.INTERRUPTS, _SILENT)


def _port(subject: str, port: str, old: Listener, new: Listener, words: Wording) -> Iterator[Draft]:
    if more := set(new.hosts) - set(old.hosts):
        yield Draft(subject, words.now(f"port {port} serves {_hosts(more)}"))
    if (gone := set(old.hosts) - set(new.hosts)) and not _hears_all(new.hosts):
        text = f"port {port} {words.no_longer(f'serves {_hosts(gone)}')}"
        yield Draft(subject, text, Hurt.INTERRUPTS, _SILENT)
    if old.protocol != new.protocol:
        text = words.goes(f"the protocol of port {port}", old.protocol or _NOTHING, new.protocol or _NOTHING)
        yield Draft(subject, text, Hurt.INTERRUPTS, _ENDS)
    yield from other_tls(subject, port, old.tls, new.tls, words)


def _pods(subject: str, objects: tuple[Item, Item], comparison: Comparison, words: Wording) -> Iterator[Draft]:
    """Whether pods that were there for the selector are there no more."""
    old, new = map(gateway_selector, objects)
    had, has = (_selected(selector, side) for selector, side in ((old, comparison.before), (new, comparison.after)))
    if had and not has:
        text = words.now(f"no gateway pods have the labels {labels_in_words(new)}, so nothing listens")
        yield Draft(subject, text, Hurt.INTERRUPTS, _NO_PODS, stands=True)
    elif old != new:
        shown = (labels_in_words(each) or "no labels" for each in (old, new))
        yield Draft(subject, words.instead("selects pods with", *shown))


def _pods_go_too(gateway: Item, comparison: Comparison) -> bool:
    """Whether the gateway goes as a whole, which load_balancers.py tells."""
    selector = gateway_selector(gateway)
    return _selected(selector, comparison.before) and not _selected(selector, comparison.after)


def _selected(selector: Mapping[str, Any], side: Side) -> bool:
    releases = any(each.is_selected(selector) for each in gateways(side).values())
    return releases or bool(selector and side.graph.selected(None, selector))


def _hears_all(hosts: Iterable[str]) -> bool:
    return any(host.rpartition("/")[2] == "*" for host in hosts)


def _hosts(hosts: Iterable[str]) -> str:
    return few("every host" if host == "*" else host for host in sorted(hosts)) or "no host"
