"""Who may look at the addons? From where they can be reached, and whether people have to log in."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.installation.addon_watcher import addon_name, reading
from fairlead.effects.installation.installation import Installed, installed, settings
from fairlead.effects.words import Wording, wording
from mesh.addons.addons import PRODUCTS

_OPEN = "anyone who can reach it can view it without a login"
_LOGIN = "reach it by port-forward only, or require a login"


def watch(comparison: Comparison) -> Effects:
    """What changes for those who open an addon's page."""
    words = wording(comparison)
    before, after = (installed(side, *PRODUCTS) for side in (comparison.before, comparison.after))
    for key in sorted(after.keys() - before.keys()):
        new = after[key]
        if reading(new).anonymous:
            yield Effect(addon_name(new), words.now(_OPEN), Hurt.EXPOSES if reading(new).outside else None, _LOGIN)
    for old, new in settings(comparison, *PRODUCTS):
        yield from _access(old, new, words)


def _access(old: Installed, new: Installed, words: Wording) -> Iterator[Effect]:
    name, was, now = addon_name(new), reading(old), reading(new)
    if now.anonymous and not was.anonymous:
        yield Effect(name, words.now(_OPEN), Hurt.EXPOSES, _LOGIN)
    elif was.anonymous and not now.anonymous:
        yield Effect(name, words.now("a login is required"))
    elif was.login != now.login:
        yield Effect(name, words.goes("the login method", was.login, now.login))
    if now.edits and not was.edits:
        yield Effect(name, words.now("visitors can edit Istio's objects"), Hurt.EXPOSES, "set view_only_mode: true")
    if now.outside and not was.outside:
        text = words.now(f"reachable from outside the cluster ({now.service_type})")
        yield Effect(
            name, text, Hurt.EXPOSES, "keep ClusterIP and route to it through a gateway, or restrict its sources"
        )
