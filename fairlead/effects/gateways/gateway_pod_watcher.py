"""How many pods does a gateway have, and do they start anew? What its release says of its Deployment.

The chart takes the labels `app` and `istio` into the Deployment's selector, which Kubernetes never changes
(Istio: manifests/charts/gateway/templates/_helpers.tpl; Kubernetes: concepts/workloads/controllers/deployment).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effects, Hurt
from fairlead.effects.gateways.gateway_services import GatewayService, gateways
from fairlead.effects.words import Draft, Wording, effects, listed, wording
from fairlead_mesh.model.pods.workloads import labels_in_words

_ALONE = "with one pod every restart or node drain is an outage: run two and set a PodDisruptionBudget"
_UNGUARDED = "a node drain can evict all of its pods at once"
_STUCK = "a Deployment's selector is immutable, so the upgrade fails: add another gateway and move traffic to it"
_ROLLED = "long-lived connections are closed after the drain time"
_RESTARTING = (
    "containers",
    "env",
    "envVarFrom",
    "lifecycle",
    "podAnnotations",
    "resources",
    "securityContext",
    "topologySpreadConstraints",
    "volumes",
)
_NONE = "none"


def watch(comparison: Comparison) -> Effects:
    """The replicas, disruption budget, selector and pod settings of gateway releases."""
    words = wording(comparison)
    before, after = gateways(comparison.before), gateways(comparison.after)
    drafts = (
        draft
        for key in sorted(before.keys() & after.keys())
        if before[key].values is not None and after[key].values is not None
        for draft in _changed(before[key], after[key], words)
    )
    yield from effects(drafts, words)


def _changed(old: GatewayService, new: GatewayService, words: Wording) -> Iterator[Draft]:
    if old.pods != new.pods:
        alone = new.pods[0] <= 1 < old.pods[0]
        text = words.goes("its replica count", _range(old.pods), _range(new.pods))
        yield Draft(new.name, text, Hurt.INTERRUPTS if alone else None, _ALONE if alone else "", stands=True)
    before, after = (_value(each, "podDisruptionBudget") for each in (old, new))
    if before != after:
        text = words.goes("its PodDisruptionBudget", _budget(before), _budget(after))
        yield Draft(new.name, text, None if after else Hurt.INTERRUPTS, "" if after else _UNGUARDED, stands=True)
    selected = [labels_in_words(each.chart.selector) if each.chart else "" for each in (old, new)]
    if selected[0] != selected[1]:
        text = words.instead("its pods have the labels", *selected)
        yield Draft(new.name, text, Hurt.INTERRUPTS, _STUCK)
    if grace := _differs(old, new, "terminationGracePeriodSeconds"):
        yield Draft(new.name, words.goes("its termination grace period in seconds", *grace))
    if others := [key for key in _RESTARTING if _value(old, key) != _value(new, key)]:
        text = words.differ(f"{listed(others)} of its pods")
        yield Draft(new.name, text, Hurt.RESTARTS, _ROLLED)


def _value(gateway: GatewayService, key: str) -> Any:
    return (gateway.values or {}).get(key) or None


def _differs(old: GatewayService, new: GatewayService, key: str) -> tuple[Any, Any] | None:
    before, after = _value(old, key), _value(new, key)
    return None if before == after else (before or "30", after or "30")


def _range(pods: tuple[int, int]) -> str:
    return str(pods[0]) if pods[0] == pods[1] else f"{pods[0]}-{pods[1]}"


def _budget(value: Any) -> str:
    if not isinstance(value, dict):
        return _NONE
    return ", ".join(f"{key} {amount}" for key, amount in sorted(value.items())) or _NONE  # pyright: ignore
