"""How fast does an app burn its error budget? Recording rules, and the alerts of several windows and rates.

As in the workbook of Google's SRE (chapter "Alerting on SLOs", 6: multiwindow, multi-burn-rate): 2 % of the budget of
30 days within an hour, 5 % within six, 10 % within one day or three.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fairlead_mesh.alerts.app_requests import answered_requests, failed_requests, requests, requests_in_time, selector
from fairlead_mesh.alerts.rule import Alert, Recording, Severity
from fairlead_mesh.promises.promise import Promise, Share

EVENTS = "fairlead:slo_events:rate5m"
BAD_EVENTS = "fairlead:slo_bad_events:rate5m"
OBJECTIVE = "fairlead:slo_objective:ratio"
DECLARED = "fairlead:declared_share:ratio"
SPLIT = "fairlead:split_version:info"
"""1 for each version of a split, with the labels that metrics of Istio have for it; no weight changes it."""
FASTEST = 14.4
_COUNTED = "5m"
_BY = "on(app, app_namespace, slo)"


@dataclass(frozen=True)
class Burn:
    """A rate, and the windows over which the budget burns at it."""

    rate: float
    long: str
    short: str
    severity: Severity
    spent: str


BURNS = (
    Burn(FASTEST, "1h", "5m", "critical", "2 % of the error budget of 30 days within an hour"),
    Burn(6, "6h", "30m", "critical", "5 % of the error budget of 30 days within six hours"),
    Burn(3, "1d", "2h", "warning", "10 % of the error budget of 30 days within a day"),
    Burn(1, "3d", "6h", "warning", "10 % of the error budget of 30 days within three days"),
)
WINDOWS = tuple(dict.fromkeys(window for burn in BURNS for window in (burn.short, burn.long)))


def bad_ratio(window: str) -> str:
    """The series with the part of requests that broke a promise within a window."""
    return f"fairlead:slo_bad:ratio_rate{window}"


def promise_recordings(promise: Promise, *, declared_splits: bool) -> Iterator[Recording]:
    """What is counted of one app, and its weights where they are asked for."""
    slo, labels = promise.slo, selector(promise)
    if slo and slo.availability is not None:
        every = requests(labels)
        yield from _counted(promise, "availability", slo.availability, every, failed_requests(labels))
    if slo and slo.latency is not None:
        every = answered_requests(labels)
        late = f"{every} - {requests_in_time(labels, slo.latency)}"
        yield from _counted(promise, "latency", slo.latency.p, every, late)
    versions = {share.version: share for share in promise.shares if share.revision}
    yield from (Recording(SPLIT, "vector(1)", _of_share(promise, share)) for share in versions.values())
    for share in promise.shares if declared_splits else ():
        share_of_route = {**_of_share(promise, share), "route": share.route}
        yield Recording(DECLARED, f"vector({round(share.percent / 100, 2)})", share_of_route)


def _of_share(promise: Promise, share: Share) -> dict[str, str]:
    revision = {"destination_version": share.revision} if share.revision else {}
    where = {"destination_service_name": share.service, "destination_service_namespace": promise.namespace}
    return {**_app(promise), "version": share.version, **revision, **where}


def window_recordings() -> Iterator[Recording]:
    """The part of bad requests within each window, of all apps at once: bad ones over all, so that an hour with many
    requests counts for more than one with few."""
    for window in WINDOWS:
        within = "{}" if window == _COUNTED else f"sum_over_time({{}}[{window}])"
        yield Recording(bad_ratio(window), f"{within.format(BAD_EVENTS)} / {within.format(EVENTS)}")


def burn_alerts(promises: Iterable[Promise]) -> Iterator[Alert]:
    """One alert for each rate, for every app that promises something."""
    if not any(promise.slo for promise in promises):
        return
    for burn in BURNS:
        budget = f"{burn.rate:g} * (1 - {OBJECTIVE})"
        expr = f"{bad_ratio(burn.long)} > {_BY} ({budget})\nand {bad_ratio(burn.short)} > {_BY} ({budget})"
        yield Alert(
            f"ErrorBudgetBurns{burn.long}",
            burn.severity,
            expr,
            "",
            "{{ $labels.app }} breaks its promise of {{ $labels.slo }}",
            f"{{{{ $labels.app }}}} in {{{{ $labels.app_namespace }}}} burns its error budget of {{{{ $labels.slo }}}} "
            f"at {burn.rate:g} times the rate that it may: {burn.spent}. "
            f"{{{{ $value | humanizePercentage }}}} of its requests were bad within {burn.long}.",
        )


def _counted(promise: Promise, kind: str, percent: float, every: str, bad: str) -> Iterator[Recording]:
    labels = {**_app(promise), "slo": kind}
    yield Recording(OBJECTIVE, f"vector({round(percent / 100, 6)})", labels)
    yield Recording(EVENTS, every, labels)
    yield Recording(BAD_EVENTS, f"{bad} or 0 * {every}", labels)


def _app(promise: Promise) -> dict[str, str]:
    return {"app": promise.app, "app_namespace": promise.namespace}
