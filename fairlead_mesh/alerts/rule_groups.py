"""Which rules does this mesh need? All of them, in the groups in which Prometheus evaluates them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from fairlead_mesh.alerts.alerts import Alerts
from fairlead_mesh.alerts.burn_rates import burn_alerts, promise_recordings, window_recordings
from fairlead_mesh.alerts.mesh_alerts import gateway_alerts, mesh_alerts, traffic_alerts
from fairlead_mesh.alerts.rule import RUNBOOKS, Alert
from fairlead_mesh.keys.section import Manifest, given
from fairlead_mesh.promises.promise import Promise

Group = dict[str, Any]


def recording_groups(promises: Collection[Promise], *, declared_splits: bool) -> list[Group]:
    """What is counted; a group for each app, as one that takes long delays no other."""
    made = {
        f"fairlead-{each.namespace}-{each.app}": list(promise_recordings(each, declared_splits=declared_splits))
        for each in promises
    }
    found = [_group(name, [each.rule() for each in recordings]) for name, recordings in made.items() if recordings]
    if any(each.slo for each in promises):
        found.append(_group("fairlead-burn-rates", [recording.rule() for recording in window_recordings()]))
    return found


def alerting_groups(promises: Iterable[Promise], gateways: Iterable[tuple[str, str]], alerts: Alerts) -> list[Group]:
    """What somebody is told of."""
    runbooks = (alerts.runbooks or RUNBOOKS).rstrip("/#")
    promised = list(promises)
    found: dict[str, Iterator[Alert]] = {
        "fairlead-promises": burn_alerts(promised),
        "fairlead-services": traffic_alerts(promised, alerts.services),
        "fairlead-mesh": mesh_alerts(),
        "fairlead-gateways": gateway_alerts(gateways),
    }
    made = {name: [alert.rule(runbooks) for alert in several] for name, several in found.items()}
    return [_group(name, rules) for name, rules in made.items() if rules]


def prometheus_rule(namespace: str, groups: list[Group], labels: dict[str, str]) -> Manifest:
    """The groups as an object that a Prometheus Operator reads."""
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": given(name="fairlead", namespace=namespace, labels=labels),
        "spec": {"groups": groups},
    }


def alertmanager(url: str) -> dict[str, Any]:
    """An Alertmanager, as the configuration of Prometheus names one."""
    at = urlsplit(url)
    where = {"scheme": at.scheme, "static_configs": [{"targets": [at.netloc]}]}
    return where | ({"path_prefix": at.path} if at.path.strip("/") else {})


def _group(name: str, rules: list[dict[str, Any]]) -> Group:
    return {"name": name, "interval": "30s", "rules": rules}
