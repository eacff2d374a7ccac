"""Can what an app promises be measured, and is anybody told when it is broken?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.alerts.burn_rates import FASTEST
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.promises.slo import BUCKETS

_PERCENT = 100


@config_rule()
def objectives_are_of_requests(config: Config) -> Iterator[Hit]:
    """An app with objectives routes HTTP requests.

    Of TLS and TCP, proxies count connections and bytes: none of them succeeds, fails or takes its time.
    """
    for index, app in enumerate(config.apps):
        if app.slo and app.protocol != "HTTP":
            message = (
                f"proxies count no requests of {app.protocol} connections, so that its objectives are never measured"
            )
            yield Hit(("apps", index, "slo"), None, message, "remove slo, or protocol where it is HTTP after all")


@config_rule(needs=("addons",), severity="warning")
def objectives_are_watched(config: Config) -> Iterator[Hit]:
    """Where an app has objectives, an addon of the stack alerts when they are missed.

    The rules are written for a Prometheus that the stack installs, or as a PrometheusRule for one that exists.
    """
    if any(addon.alerts_of_slos for addon in config.addons.named):
        return
    metrics = next(iter(config.addons.with_metrics), None)
    remedy = (
        f"write addons.{metrics.key}.alerts.rules: prometheusRule where a Prometheus Operator reads them, or values"
        if metrics
        else "add the addon that keeps metrics, with {} or {url: ...}"
    )
    for index, app in enumerate(config.apps):
        if app.slo:
            yield Hit(
                ("apps", index, "slo"), None, "nothing in this stack alerts when its objectives are missed", remedy
            )


@config_rule(severity="warning")
def objectives_can_be_missed_fast(config: Config) -> Iterator[Hit]:
    """An objective is strict enough for the alerts that watch it.

    The fastest alert fires at 14.4 times the rate that the error budget allows. With a budget of 7 % or more that is
    more than all requests: it never fires, and only the slower ones are left.
    """
    for index, app in enumerate(config.apps):
        if app.slo is None:
            continue
        latency = app.slo.latency
        said: list[tuple[Path, float | None]] = [
            (("availability",), app.slo.availability),
            (("latency", "p"), latency.p if latency else None),
        ]
        for path, percent in said:
            if percent is not None and FASTEST * (1 - percent / _PERCENT) >= 1:
                message = f"at {percent:g} %, even a whole outage makes only the slower alerts fire, after hours"
                remedy = f"promise more than {_PERCENT - _PERCENT / FASTEST:.1f}, or leave it out"
                yield Hit(("apps", index, "slo", *path), f"{percent:g}", message, remedy)


@config_rule(severity="warning")
def promised_times_are_counted(config: Config) -> Iterator[Hit]:
    """A promised time lies within the steps in which proxies count durations: up to an hour.

    Longer requests are all counted as one, so that nobody knows which of them were in time.
    """
    for index, app in enumerate(config.apps):
        latency = app.slo.latency if app.slo else None
        if latency and latency.milliseconds > BUCKETS[-1]:
            message = "proxies count everything beyond an hour as one"
            yield Hit(("apps", index, "slo", "latency", "under"), latency.under, message, "promise at most 1h")
