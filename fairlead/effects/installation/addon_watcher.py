"""What becomes of the addons: do they come or go, and what of their data is lost?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.comparison.comparison import Comparison, How
from fairlead.effects.effect import Effect, Effects, Hurt
from fairlead.effects.installation.installation import Installed, installed, settings
from fairlead.effects.words import Wording, wording
from fairlead_mesh.addons.addons import DEPLOYMENTS, PRODUCTS
from fairlead_mesh.addons.product import Reading


def watch(comparison: Comparison) -> Effects:
    """What changes of each addon that is a Helm release."""
    words = wording(comparison)
    before, after = (installed(side, *PRODUCTS) for side in (comparison.before, comparison.after))
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old is None or new is None:
            yield from _there(old, new, words)
        elif old.version != new.version:
            goes = words.goes("version", old.version or "unspecified", new.version or "unspecified")
            lost = f"; loses its {_store(new)}" if words.deploys and reading(new).in_memory else ""
            yield Effect(addon_name(new), goes + lost, Hurt.DELETES if lost else None)
    if comparison.deploys:
        yield from _deployments(comparison)
    for old, new in settings(comparison, *PRODUCTS):
        yield from _storage(old, new, words)


def _deployments(comparison: Comparison) -> Iterator[Effect]:
    """An addon that is a Deployment of the stack's own, and keeps in its memory what it has."""
    for change in comparison.changes:
        if change.kind == "Deployment" and change.name in DEPLOYMENTS and change.how is How.REMOVED:
            product = DEPLOYMENTS[change.name]
            text = f"uninstalled together with the {product.keeps} in its memory"
            yield Effect(product.title, text, Hurt.DELETES)


def addon_name(release: Installed) -> str:
    """What people call it."""
    return PRODUCTS[release.chart].title


def reading(release: Installed) -> Reading:
    """What its values come to."""
    return PRODUCTS[release.chart].read(release.values)


def _store(release: Installed) -> str:
    return PRODUCTS[release.chart].keeps


def _there(old: Installed | None, new: Installed | None, words: Wording) -> Iterator[Effect]:
    if new:
        yield Effect(addon_name(new), "installed" if words.deploys else words.now("installed"))
    elif old and words.deploys:
        store = _store(old)
        lost = f"uninstalled together with its {store}" if store else "uninstalled"
        advice = "export what is needed; dashboards, Kiali and alerts that query it show no data" if store else ""
        yield Effect(addon_name(old), lost, Hurt.DELETES if store else None, advice)
    elif old:
        yield Effect(addon_name(old), words.no_longer("installed"))


def _storage(old: Installed, new: Installed, words: Wording) -> Iterator[Effect]:
    was, now = reading(old), reading(new)
    if was.retention != now.retention:
        own = "the chart's default"
        yield Effect(addon_name(new), words.goes("retention", was.retention or own, now.retention or own))
    if now.in_memory and not was.in_memory:
        text = words.now(f"loses its {_store(new)} when its pod restarts")
        yield Effect(addon_name(new), text, Hurt.DELETES if words.deploys else None, "export what is needed first")
    elif was.in_memory and not now.in_memory:
        yield Effect(addon_name(new), words.now(f"keeps its {_store(new)} when its pod restarts"))
