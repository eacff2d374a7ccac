"""Do the addons fit each other, and the values that this program writes for them?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import config_rule


@config_rule(needs=("addons",))
def addons_have_what_they_show(config: Config) -> Iterator[Hit]:
    """Kiali and Grafana show data of Prometheus.

    Both start, and every page of theirs shows an error.
    """
    present = {type(addon) for addon in config.addons.named}
    for addon in config.addons.installed:
        for kind, outcome in addon.needs.items():
            if kind not in present:
                message = f"{addon.key} needs a {kind.__name__}, and {outcome} without one"
                remedy = f"add {kind.key}: {{}} or {kind.key}: {{url: ...}} beside it"
                yield Hit(("addons", addon.key), None, message, remedy)


@config_rule()
def charts_know_their_values(config: Config) -> Iterator[Hit]:
    """The chart of an addon is new enough for the values that this program writes.

    Helm ignores a value that a chart does not know: what should be off is installed, and an address that should be set
    is empty, without an error.
    """
    for addon in config.addons.installed:
        known, chosen = addon.product.chart, addon.chart
        version = chosen.version if chosen else None
        if known and version and _older(version, known.oldest):
            path = ("addons", addon.key, "version")
            message = f"the chart of {addon.key} has other values before {known.oldest}"
            yield Hit(path, version, message, f"write {known.version}, or at least {known.oldest}")


def _older(version: str, oldest: str) -> bool:
    def numbers(text: str) -> list[int]:
        return [int(part) for part in text.partition("-")[0].split(".")]

    return numbers(version) < numbers(oldest)
