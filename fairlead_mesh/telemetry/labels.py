"""Which labels do metrics have, and what do traces say? The key `telemetry` of the mesh and of an app."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import HeaderName, NonEmpty, Percent
from fairlead_mesh.keys.section import Section, given
from fairlead_mesh.keys.together import at_least_one

MetricLabel = Annotated[str, Form(r"[a-zA-Z_][a-zA-Z0-9_]*", "write the label of a metric such as source_principal")]
TagName = Annotated[str, Form(r"[A-Za-z][-A-Za-z0-9_.]*", "write the name of a tag such as user.id")]

_APP_KEYS = ("dropLabels", "addLabels", "sampling", "tags")
TRACED = "fairlead-tracing"
"""Name of the extension provider of tracing: it says whose it is, and stays when one store replaces another."""


class MetricLabels(Section):
    """Labels of Istio's standard metrics. Each value of a label is a series of its own in Prometheus."""

    together = (at_least_one("dropLabels", "addLabels", what="say which labels: dropLabels or addLabels"),)

    drop_labels: list[MetricLabel] = Field(default_factory=list[str])
    """Labels that metrics do not get, such as [source_principal, destination_principal]."""
    add_labels: dict[MetricLabel, NonEmpty] = Field(default_factory=dict[str, str])
    """Labels with an expression (CEL) each, such as {request_host: request.host}; one with many values is expensive."""


class AppTelemetry(MetricLabels):
    """What the proxies of an app tell of its requests."""

    together = (at_least_one(*_APP_KEYS, what=f"say what changes: {', '.join(_APP_KEYS)}"),)

    sampling: Percent | None = None
    """Percentage of requests that are traced; defaults to that of the whole mesh."""
    tags: dict[TagName, HeaderName] = Field(default_factory=dict[str, str])
    """Tag of traces -> the request header that it is read from, such as {user.id: end-user}."""


def metrics(labels: MetricLabels | None) -> list[dict[str, Any]]:
    """The part of a Telemetry that changes labels, of all metrics."""
    if labels is None or not (labels.drop_labels or labels.add_labels):
        return []
    dropped = {name: {"operation": "REMOVE"} for name in labels.drop_labels}
    added = {name: {"operation": "UPSERT", "value": value} for name, value in labels.add_labels.items()}
    override = {"match": {"metric": "ALL_METRICS"}, "tagOverrides": {**dropped, **added}}
    return [{"providers": [{"name": "prometheus"}], "overrides": [override]}]


def traces(sampling: int | None, tags: dict[str, str]) -> list[dict[str, Any]]:
    """The part of a Telemetry that has proxies send traces."""
    read = {name: {"header": {"name": header}} for name, header in tags.items()}
    return [given(providers=[{"name": TRACED}], randomSamplingPercentage=sampling, customTags=read)]
