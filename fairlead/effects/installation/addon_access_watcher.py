"""Who may look at the addons? From where they can be reached, and whether people have to log in."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.installation.addon_watcher import ADDONS, addon_name, value_at
from fairlead.effects.installation.installation import Installed, installed, settings
from fairlead.effects.words import Wording, wording

_OPEN = "anybody who reaches it may look without logging in"
_LOGIN = "reach it by port-forward only, or let people log in"
_SERVICES = {
    "grafana": ("service", "type"),
    "kiali-server": ("deployment", "service_type"),
    "prometheus": ("server", "service", "type"),
}
_OUTSIDE = ("LoadBalancer", "NodePort")


def watch(comparison: Comparison) -> Effects:
    """What changes for those who open an addon's page."""
    words = wording(comparison)
    before, after = (installed(side, *ADDONS) for side in (comparison.before, comparison.after))
    for key in sorted(after.keys() - before.keys()):
        new = after[key]
        if _anonymous(new):
            yield Effect(addon_name(new), words.now(_OPEN), Hurt.EXPOSES if _outside(new) else None, _LOGIN)
    for old, new in settings(comparison, *ADDONS):
        yield from _access(old, new, words)


def _anonymous(release: Installed) -> bool:
    if release.chart == "kiali-server":
        return value_at(release, "auth", "strategy") == "anonymous"
    return release.chart == "grafana" and value_at(release, "grafana.ini", "auth.anonymous", "enabled") is True


def _outside(release: Installed) -> bool:
    return value_at(release, *_SERVICES.get(release.chart, ("service", "type"))) in _OUTSIDE


def _access(old: Installed, new: Installed, words: Wording) -> Iterator[Effect]:
    name = addon_name(new)
    if _anonymous(new) and not _anonymous(old):
        yield Effect(name, words.now(_OPEN), Hurt.EXPOSES, _LOGIN)
    elif _anonymous(old) and not _anonymous(new):
        yield Effect(name, words.now("people have to log in"))
    elif (was := _strategy(old)) != (now := _strategy(new)):
        yield Effect(name, words.goes("the way to log in", was, now))
    if _writes(new) and not _writes(old):
        yield Effect(
            name, words.now("visitors may edit the mesh's objects"), Hurt.EXPOSES, "write view_only_mode: true"
        )
    if _outside(new) and not _outside(old):
        text = words.now(f"reachable from outside the cluster ({value_at(new, *_SERVICES.get(new.chart, ()))})")
        yield Effect(
            name, text, Hurt.EXPOSES, "keep ClusterIP and route to it through a gateway, or restrict its sources"
        )


def _strategy(release: Installed) -> str:
    return str(value_at(release, "auth", "strategy") or "token") if release.chart == "kiali-server" else ""


def _writes(release: Installed) -> bool:
    """Whether Kiali lets visitors write with its own rights."""
    return (
        _anonymous(release)
        and release.chart == "kiali-server"
        and not value_at(release, "deployment", "view_only_mode")
    )
