"""Who may look at the addons? From where they can be reached, whether a login is required, and what visitors can do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fairlead.comparison.comparison import Comparison, Side
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.installation.addon_watcher import addon_name, reading
from fairlead.effects.installation.installation import Installed, installed, settings
from fairlead.effects.telling import together
from fairlead.effects.words import Wording, wording
from fairlead.evaluation.addon_objects import addon_resources
from fairlead_mesh.addons.addons import PRODUCTS
from fairlead_mesh.addons.product import Reading, opened_by

_OPEN = "can be viewed without a login"
_LOGIN = "reach it by port-forward only, or require a login"
_INSIDE = "keep ClusterIP and reach it by port-forward, or restrict its sources"


def watch(comparison: Comparison) -> Effects:
    """What changes for those who open an addon's page."""
    words = wording(comparison)
    before, after = (installed(side, *PRODUCTS) for side in (comparison.before, comparison.after))
    new = [after[key] for key in sorted(after.keys() - before.keys())]
    yield from together(effect for each in new for effect in _first(addon_name(each), reading(each), words))
    for old, now in settings(comparison, *PRODUCTS):
        yield from _access(old, now, words)
    yield from _services(comparison, words)


def _first(name: str, now: Reading, words: Wording) -> Iterator[Effect]:
    """Of an addon that was not there: what is open from its first minute on."""
    if now.opened_by:
        yield _outside(name, now, words)
    elif now.anonymous:
        yield Effect(name, words.now(_OPEN), advice=_LOGIN)
    yield from _powers(name, now.visitors_can, words)


def _access(old: Installed, new: Installed, words: Wording) -> Iterator[Effect]:
    name, was, now = addon_name(new), reading(old), reading(new)
    if now.anonymous and not was.anonymous:
        yield Effect(name, words.now(_OPEN), Hurt.EXPOSES, _LOGIN)
    elif was.anonymous and not now.anonymous:
        yield Effect(name, words.now("a login is required"))
    elif was.login != now.login:
        yield Effect(name, words.goes("the login method", was.login, now.login))
    yield from _powers(name, [each for each in now.visitors_can if each not in was.visitors_can], words)
    if now.opened_by and not was.opened_by:
        yield _outside(name, now, words)


def _powers(name: str, powers: Iterable[str], words: Wording) -> Iterator[Effect]:
    for power in powers:
        text = words.now(f"visitors can {power}")
        yield Effect(name, text, Hurt.EXPOSES, "remove the value that allows it, or require a login")


def _outside(name: str, now: Reading, words: Wording) -> Effect:
    text = f"reachable from outside the cluster ({now.opened_by})" + (", without a login" if now.anonymous else "")
    return Effect(name, words.now(text), Hurt.EXPOSES, _INSIDE)


def _services(comparison: Comparison, words: Wording) -> Iterator[Effect]:
    """Services of addons that come without a chart."""
    before, after = (_opened(side) for side in (comparison.before, comparison.after))
    for name in sorted(after.keys() - before.keys()):
        yield _outside(name, Reading(opened_by=after[name], anonymous=True), words)


def _opened(side: Side) -> dict[str, str]:
    """Addon -> what opens one of its own Services to the outside."""
    found: dict[str, str] = {}
    for kind, resources in addon_resources(side.snapshot).items():
        for service in (each.inputs for each in resources if each.inputs.get("kind") == "Service"):
            if opened := opened_by(service.get("spec")):
                found[kind.__name__] = opened
    return found
