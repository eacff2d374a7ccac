"""What becomes of the addons: do they come or go, and what of their data is lost?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead.comparison.comparison import Comparison, How
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.installation.installation import Installed, installed, settings
from fairlead.effects.words import Wording, wording
from mesh.model.yaml_values import as_map

ADDONS = {
    "grafana": "Grafana",
    "jaeger": "Jaeger",
    "kiali-operator": "Kiali operator",
    "kiali-server": "Kiali",
    "kube-prometheus-stack": "Prometheus",
    "loki": "Loki",
    "opentelemetry-collector": "OpenTelemetry collector",
    "prometheus": "Prometheus",
    "tempo": "Tempo",
    "zipkin": "Zipkin",
}
_STORES = {
    "jaeger": "traces",
    "kube-prometheus-stack": "history of metrics",
    "loki": "logs",
    "prometheus": "history of metrics",
    "tempo": "traces",
    "zipkin": "traces",
}
_IN_MEMORY = ("jaeger", "zipkin")


def watch(comparison: Comparison) -> Effects:
    """What changes of each addon that is a Helm release."""
    words = wording(comparison)
    before, after = (installed(side, *ADDONS) for side in (comparison.before, comparison.after))
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            yield from _there(old, new, words)
        elif old.version != new.version:
            goes = words.goes("version", old.version or "unnamed", new.version or "unnamed")
            lost = _lost_on_restart(new) if words.deploys else ""
            yield Effect(
                addon_name(new), goes + (f"; {lost} so far is lost" if lost else ""), Hurt.DELETES if lost else None
            )
    if comparison.deploys:
        yield from _tracing(comparison)
    for old, new in settings(comparison, *ADDONS):
        if new.chart == "prometheus":
            yield from _storage(old, new, words)


def _tracing(comparison: Comparison) -> Iterator[Effect]:
    """A store of traces that is a Deployment of the stack's own, which keeps them in its memory."""
    for change in comparison.changes:
        if change.kind == "Deployment" and change.name in _IN_MEMORY and change.how is How.REMOVED:
            text = "uninstalled, and the traces in its memory with it"
            yield Effect(ADDONS[change.name], text, Hurt.DELETES)


def value_at(release: Installed, *path: str) -> Any:
    """The value at a path of a release's values; None where the path leads nowhere."""
    found: Any = release.values
    for key in path:
        found = as_map(found).get(key)
    return found


def addon_name(release: Installed) -> str:
    """What people call it."""
    return ADDONS[release.chart]


def _there(old: Installed | None, new: Installed | None, words: Wording) -> Iterator[Effect]:
    if new:
        yield Effect(addon_name(new), "installed" if words.deploys else words.now("installed"))
    elif old and words.deploys:
        store = _STORES.get(old.chart)
        lost = f"uninstalled, and the {store} with it" if store else "uninstalled"
        advice = "export what is needed; what asks it (dashboards, Kiali, alerts) shows nothing" if store else ""
        yield Effect(addon_name(old), lost, Hurt.DELETES if store else None, advice)
    elif old:
        yield Effect(addon_name(old), words.no_longer("installed"))


def _storage(old: Installed, new: Installed, words: Wording) -> Iterator[Effect]:
    was, now = (value_at(each, "server", "retention") or "the chart's own" for each in (old, new))
    if was != now:
        yield Effect(addon_name(new), words.goes("retention", was, now))
    kept = [value_at(each, "server", "persistentVolume", "enabled") is not False for each in (old, new)]
    if kept[0] and not kept[1]:
        text = words.now("samples are lost when its pod restarts")
        yield Effect(addon_name(new), text, Hurt.DELETES if words.deploys else None, "export what is needed first")
    elif kept[1] and not kept[0]:
        yield Effect(addon_name(new), words.now("samples outlive its pod"))


def _lost_on_restart(release: Installed) -> str:
    """What a restart loses: samples that only the pod keeps."""
    held = release.chart == "prometheus" and value_at(release, "server", "persistentVolume", "enabled") is False
    return "its history of metrics" if held else ""
