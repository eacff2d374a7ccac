"""Do the addons fit each other, and the values that this program writes for them?"""

from __future__ import annotations

from collections.abc import Iterator

from mesh.config import Config
from mesh.findings import Hit
from mesh.lint.rule import config_rule
from mesh.versions import KIALI, PROMETHEUS, Chart

_CHARTS: dict[str, Chart] = {"prometheus": PROMETHEUS, "kiali": KIALI}


@config_rule(needs=("addons",))
def addons_have_what_they_show(config: Config) -> Iterator[Hit]:
    """Kiali and Grafana draw what Prometheus holds.

    Both come up, and every page of theirs is an error.
    """
    for name in ("grafana", "kiali"):
        addon = getattr(config.addons, name)
        if addon and addon.installed and not config.addons.prometheus:
            message = f"{name} needs a Prometheus, and shows only errors without one"
            remedy = "add prometheus: {} or prometheus: {url: ...} beside it"
            yield Hit(("addons", name), None, message, remedy)


@config_rule()
def charts_know_their_values(config: Config) -> Iterator[Hit]:
    """The chart of an addon is new enough to read the values that this program writes.

    Helm ignores a value that a chart does not know: what was to be off is installed, and an address that was to be set
    is empty, without an error.
    """
    for name, chart in _CHARTS.items():
        addon = getattr(config.addons, name)
        if addon and addon.installed and addon.version and _older(addon.version, chart.oldest):
            path = ("addons", name, "version")
            message = f"the chart of {name} reads its values in another form before {chart.oldest}"
            yield Hit(path, addon.version, message, f"write {chart.version}, or {chart.oldest} at the least")


def _older(version: str, oldest: str) -> bool:
    def numbers(text: str) -> list[int]:
        return [int(part) for part in text.partition("-")[0].split(".")]

    return numbers(version) < numbers(oldest)
