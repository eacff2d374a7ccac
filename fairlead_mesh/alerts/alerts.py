"""What does Prometheus warn of, and whom? The key `alerts` of its section."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from fairlead_mesh.keys.scalars import LabelKey, LabelValue, Url
from fairlead_mesh.keys.section import Section
from fairlead_mesh.promises.slo import Latency, Objective


class Thresholds(Section):
    """From when on a Service without objectives alerts."""

    errors: Objective = 5.0
    """Percentage of requests that fail, from which on an alert fires."""
    latency: Latency = Latency.model_validate({"p": 99, "under": "5s"})
    """How fast requests are to be answered, such as {p: 99, under: 5s}."""


class Alerts(Section):
    """Recording rules and alerts."""

    rules: Literal["values", "prometheusRule", "none"] | None = None
    """Where they are written: values of the chart, a PrometheusRule for a Prometheus Operator that exists, or none.
    Defaults to values; with `url`, to none."""
    services: Thresholds = Thresholds()
    """From when on a Service without objectives of its own alerts."""
    alertmanager: Url | None = None
    """Alertmanager that gets the alerts, such as http://alertmanager.monitoring:9093; without one, only the page of
    Prometheus shows them."""
    runbooks: Url | None = None
    """Where your team finds docs/runbooks.md, to which every alert links, such as https://wiki.example.com/runbooks."""
    declared_splits: bool = False
    """Whether the weights of apps are recorded too, which the dashboard of promises shows beside the measured split.
    Each change of a weight is then a change of these rules as well."""
    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict[str, str])
    """Labels of the PrometheusRule, by which its operator selects it, such as {release: kube-prometheus-stack}."""
