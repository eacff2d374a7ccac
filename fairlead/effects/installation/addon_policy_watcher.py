"""Which pods reach the addons? What their NetworkPolicies let in that they did not, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead.comparison.comparison import Comparison, Side
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.telling import together
from fairlead.effects.words import Wording, few, wording
from fairlead.evaluation.addon_objects import addon_resources
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps

_NAME = "kubernetes.io/metadata.name"
_EVERYBODY = "every pod of the cluster"
_NAMED = "add the namespaces that need it under access.namespaces"


def watch(comparison: Comparison) -> Effects:
    """What changes for those who call an addon; nothing of one that comes or goes as a whole."""
    words = wording(comparison)
    before, after = (_callers(side) for side in (comparison.before, comparison.after))
    both = sorted(before.keys() & after.keys())
    yield from together(effect for name in both for effect in _changed(name, before[name], after[name], words))


def _changed(name: str, old: list[str] | None, new: list[str] | None, words: Wording) -> Iterator[Effect]:
    if old is None and new is not None:
        text = words.now("closed except to ingress gateways, addons that call it and configured namespaces")
        yield Effect(name, text, Hurt.REFUSES, _NAMED)
    elif old is not None and new is None:
        yield Effect(name, words.now(f"reachable by {_EVERYBODY}"), Hurt.EXPOSES, "keep its NetworkPolicy")
    elif old is not None and new is not None:
        if more := [each for each in new if each not in old]:
            yield Effect(name, words.now(f"reachable by {few(more)}"), Hurt.EXPOSES, "check whether they need it")
        if less := [each for each in old if each not in new]:
            yield Effect(name, words.no_longer(f"reachable by {few(less)}"), Hurt.REFUSES, _NAMED)


def _callers(side: Side) -> dict[str, list[str] | None]:
    """Addon -> who is let in; None where nobody is kept out."""
    found: dict[str, list[str] | None] = {}
    for kind, resources in addon_resources(side.snapshot).items():
        policies = [each.inputs for each in resources if each.inputs.get("kind") == "NetworkPolicy"]
        callers = [caller for policy in policies for caller in _let_in(policy)]
        found[kind.__name__] = list(dict.fromkeys(callers)) if policies else None
    return found


def _let_in(policy: dict[str, Any]) -> Iterator[str]:
    for rule in as_maps(as_map(policy.get("spec")).get("ingress")):
        ports = [str(port.get("port")) for port in as_maps(rule.get("ports"))]
        where = f" at port {few(ports)}" if ports else ""
        peers = [_in_words(as_map(peer)) for peer in as_list(rule.get("from"))]
        yield from (f"{peer}{where}" for peer in peers or ["everyone inside and outside of the cluster"])


def _in_words(peer: dict[str, Any]) -> str:
    namespace = as_map(as_map(peer.get("namespaceSelector")).get("matchLabels")).get(_NAME)
    labels = as_map(as_map(peer.get("podSelector")).get("matchLabels"))
    if not namespace and not labels:
        return _EVERYBODY
    pods = "pods" + "".join(f" {key}={value}" for key, value in sorted(labels.items()))
    return f"{pods} of namespace {namespace}" if namespace else pods
