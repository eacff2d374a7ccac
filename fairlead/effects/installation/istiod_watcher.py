"""How does istiod itself run? Its pods, their number and settings, and what its injector gives to others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.installation.installation import Installed, settings, value_changes
from fairlead.effects.words import Wording, few, wording
from fairlead.evaluation.differences import ABSENT, Difference

_ELSEWHERE = ("meshConfig", "revision", "revisionTags", "defaultRevision")
_SCALE = ("autoscaleEnabled", "autoscaleMin", "autoscaleMax", "replicaCount", "cpu")
_IMAGES = ("hub", "tag", "variant", "image", "global.hub", "global.tag", "global.variant")
_INJECTED = ("global.proxy", "global.proxy_init", "sidecarInjectorWebhook", "global.logAsJson")
_ALONE = "while its only pod restarts, no pod is injected and no configuration is sent; run two"
_MOST = 6


def watch(comparison: Comparison) -> Effects:
    """What other values of chart istiod do."""
    words = wording(comparison)
    for old, new in settings(comparison, "istiod"):
        subject = "istiod" if new.revision == "default" else f"istiod {new.revision}"
        was, now = _pods(old.values), _pods(new.values)
        if was != now:
            alone = now == "1 pod"
            yield Effect(
                subject, words.instead("runs", was, now), Hurt.CONTROL_PLANE if alone else None, _ALONE * alone
            )
        yield from _settings(subject, old, new, words)


def _pods(values: Mapping[str, Any]) -> str:
    """`2 to 5 pods`; the chart's own bounds where none are given."""
    if values.get("autoscaleEnabled", True) is not False:
        return f"{_number(values.get('autoscaleMin', 1))} to {_number(values.get('autoscaleMax', 5))} pods"
    count = _number(values.get("replicaCount", 1))
    return "1 pod" if count == "1" else f"{count} pods"


def _number(value: Any) -> str:
    return str(value) if isinstance(value, int | str) else "?"


def _settings(subject: str, old: Installed, new: Installed, words: Wording) -> Effects:
    found = [each for each in value_changes(old.values, new.values) if not each.path.startswith((*_ELSEWHERE, *_SCALE))]
    images = [each for each in found if each.path in _IMAGES]
    injected = [each for each in found if each.path.startswith(_INJECTED)]
    rest = [each for each in found if each not in (*images, *injected)]
    hurt = Hurt.CONTROL_PLANE if words.deploys else None
    if images:
        advice = "the nodes must be able to pull from there; sidecars change when their pods restart"
        yield Effect(subject, "; ".join(_images(images, words)), hurt, advice)
    if injected:
        yield Effect(subject, f"new pods are injected with changed settings: {_named(injected)}", hurt, "")
    for each in rest[:_MOST]:
        advice = "istiod's pods restart" if each.path.startswith(("env", "resources", "pilot")) else ""
        yield Effect(subject, _goes(each, words), hurt, advice)
    if len(rest) > _MOST:
        yield Effect(subject, f"{len(rest) - _MOST} more values of its chart change", hurt, "")


def _images(found: list[Difference], words: Wording) -> list[str]:
    """Each part of the image's name once: `hub` and `global.hub` mostly say the same."""
    return sorted({words.goes(each.path.rpartition(".")[2], _shown(each.old), _shown(each.new)) for each in found})


def _named(found: list[Difference]) -> str:
    return few([each.path for each in found])


def _goes(each: Difference, words: Wording) -> str:
    return words.goes(each.path, _shown(each.old), _shown(each.new))


def _shown(value: Any) -> str:
    if value is ABSENT or value is None or value == "":
        return "the chart's default"
    if isinstance(value, dict | list):
        return "other settings"
    return str(value)[:60]
