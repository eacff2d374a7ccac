"""Where do proxies send traces and logs, whom do they ask to authorize? The extension providers of the mesh config."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.installation.installation import settings
from fairlead.effects.installation.mesh_config_watcher import mesh_config_of
from fairlead.effects.telling import ends
from fairlead.effects.words import Wording, few, wording
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

Said = tuple[str, Hurt | None, str]


def watch(comparison: Comparison) -> Effects:
    """Which providers come, go or lead elsewhere."""
    words = wording(comparison)
    for old, new in settings(comparison, "istiod"):
        for text, hurt, advice in _providers(old.mesh_config, new.mesh_config, words):
            yield Effect(mesh_config_of(new), text, hurt, advice)


def _providers(old: Mapping[str, Any], new: Mapping[str, Any], words: Wording) -> Iterator[Said]:
    was, now = _by_name(old.get("extensionProviders")), _by_name(new.get("extensionProviders"))
    if come := sorted(now.keys() - was.keys()):
        yield words.now(f"extension provider {few(come)} is defined"), None, ""
    if gone := sorted(was.keys() - now.keys()):
        advice = "then a Telemetry that names it has no effect, and a CUSTOM policy denies all requests it matches"
        yield ends(words, f"extension provider {few(gone)}", "is defined"), Hurt.CONTROL_PLANE, advice
    for name in sorted(was.keys() & now.keys()):
        if was[name] != now[name]:
            yield words.goes(f"extension provider {name}", _target(was[name]), _target(now[name])), None, ""


def _by_name(listed: Any) -> dict[str, dict[str, Any]]:
    return {str(each.get("name")): each for each in as_maps(listed)}


def _target(provider: Mapping[str, Any]) -> str:
    """`zipkin at zipkin.istio-system:9411`."""
    kind = next((key for key in sorted(provider) if key != "name"), "nothing")
    settings = as_map(provider.get(kind))
    place = f" at {settings['service']}:{settings.get('port', '')}" if settings.get("service") else ""
    return f"{kind}{place}"
