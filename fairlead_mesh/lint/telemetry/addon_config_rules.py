"""Do the addons fit each other, and the values that this program writes for them?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.addons.prometheus import Prometheus
from fairlead_mesh.addons.tracing import Tracing
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


@config_rule(needs=("addons",))
def trace_stores_have_what_is_asked_of_them(config: Config) -> Iterator[Hit]:
    """Keys of tracing are of a provider that has them.

    Jaeger and Zipkin come without a chart and keep traces in memory: a version, values, a volume or days would be
    ignored, and a collector that exists already has its own.
    """
    tracing = config.addons.of(Tracing)
    if tracing is None or tracing.chart:
        return
    for name, field in _OF_TEMPO.items():
        if value := getattr(tracing, field):
            what = f"{tracing.product.title} comes without a chart and keeps traces in memory"
            message = what if tracing.installed else "says how Tempo is installed, and with url nothing is"
            yield Hit(
                ("addons", Tracing.key, name),
                None if name == "values" else value,
                message,
                "remove it, or write provider: tempo",
            )


@config_rule(needs=("addons",), severity="warning")
def exemplars_lead_to_traces(config: Config) -> Iterator[Hit]:
    """Exemplars are kept where Grafana knows the traces that they name.

    Otherwise each is a number that nobody can look up.
    """
    metrics, tracing = config.addons.of(Prometheus), config.addons.of(Tracing)
    if metrics and metrics.exemplars and not (tracing and tracing.readable_url):
        message = "no traces are read, so that nobody can look up an exemplar"
        yield Hit(("addons", metrics.key, "exemplars"), True, message, "add tracing, or its queryUrl, or remove this")


_OF_TEMPO = {"version": "version", "values": "values", "persistence": "persistence", "retentionDays": "retention_days"}


def _older(version: str, oldest: str) -> bool:
    def numbers(text: str) -> list[int]:
        return [int(part) for part in text.partition("-")[0].split(".")]

    return numbers(version) < numbers(oldest)
