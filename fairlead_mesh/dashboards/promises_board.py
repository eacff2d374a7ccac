"""Does the mesh keep what the stack file says? The dashboard of promises: declared beside measured."""

from __future__ import annotations

from fairlead_mesh.alerts.burn_rates import BAD_EVENTS, DECLARED, EVENTS, OBJECTIVE, SPLIT, bad_ratio
from fairlead_mesh.dashboards.board import Board, Panel, Query, Variable
from fairlead_mesh.dashboards.expressions import SERVICE, encrypted, requests

_OF_APPS = 'app_namespace=~"$namespace", app=~"$app"'
_OBJECTIVE = f"{OBJECTIVE}{{{_OF_APPS}}}"
_SLO = (("app_namespace", "Namespace"), ("app", "App"), ("slo", "Promise"))
_SPLIT = (("app_namespace", "Namespace"), ("app", "App"), ("version", "Version"))


def _kept(window: str) -> str:
    return f"1 - {bad_ratio(window)}{{{_OF_APPS}}}"


def _left() -> str:
    """The part of the error budget that is left, of the days that Prometheus has kept."""
    spent = f"sum_over_time({BAD_EVENTS}{{{_OF_APPS}}}[30d]) / sum_over_time({EVENTS}{{{_OF_APPS}}}[30d])"
    return f"1 - ({spent}) / on(app, app_namespace, slo) (1 - {_OBJECTIVE})"


def _measured() -> str:
    """The share of each version that declares one, by where requests came through. Metrics do not know routes."""
    labels, one = 'reporter="source"', f"source_workload, {SERVICE}"
    share = f"{requests(labels, f'{one}, destination_version')} / on({one}) group_left() {requests(labels, one)}"
    match = f"{SERVICE}, destination_version"
    return f"({share}) * on({match}) group_left(app, app_namespace, version) {SPLIT}{{{_OF_APPS}}}"


PROMISES = Board(
    "promises",
    "Promises",
    (
        Panel(
            "Promises kept",
            (
                Query(_OBJECTIVE, "Promised"),
                Query(_kept("1h"), "Kept within 1 h"),
                Query(_kept("1d"), "Kept within 1 d"),
                Query(_left(), "Error budget left"),
            ),
            "table",
            "percentunit",
            24,
            "Success rate and latency of each app against its slo. The budget is that of 30 days, as far as Prometheus "
            "has kept them.",
            _SLO,
        ),
        Panel(
            "Part of requests that breaks a promise",
            (Query(f"{bad_ratio('1h')}{{{_OF_APPS}}}", "{{app}} {{slo}}"),),
            unit="percentunit",
        ),
        Panel(
            "How fast budgets burn",
            (
                Query(
                    f"{bad_ratio('1h')}{{{_OF_APPS}}} / on(app, app_namespace, slo) (1 - {_OBJECTIVE})",
                    "{{app}} {{slo}}",
                ),
            ),
            says="1 spends exactly the budget of 30 days within 30 days; 14.4 makes the fastest alert fire.",
        ),
        Panel(
            "Declared split",
            (Query(f"{DECLARED}{{{_OF_APPS}}}", "Declared"),),
            "table",
            "percentunit",
            12,
            "Weights of the stack file, route by route, where alerts.declaredSplits has them recorded.",
            (*_SPLIT, ("route", "Route")),
        ),
        Panel(
            "Measured split",
            (Query(_measured(), "Measured"),),
            "table",
            "percentunit",
            12,
            "By the label version of pods, and by the gateway or the workload that sent requests. Metrics do not know "
            "routes: with several, this is the share of all of them.",
            (*_SPLIT, ("source_workload", "Through")),
        ),
        Panel(
            "Requests by mTLS",
            (Query(encrypted("", SERVICE), "{{destination_service_name}}.{{destination_service_namespace}}"),),
            unit="percentunit",
        ),
        Panel(
            "Pushes that proxies rejected",
            (Query("sum by (type) (increase(pilot_total_xds_rejects[1h]))", "{{type}}"),),
        ),
    ),
    (
        Variable("namespace", "app_namespace", OBJECTIVE),
        Variable("app", "app", f'{OBJECTIVE}{{app_namespace=~"$namespace"}}'),
    ),
)
