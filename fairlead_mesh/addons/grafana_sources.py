"""Where does Grafana read from? Data sources for the metrics, logs and traces of this stack, with links between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from fairlead_mesh.addons.credentials import METRICS, TRACES
from fairlead_mesh.addons.loki import Loki
from fairlead_mesh.addons.prometheus import Prometheus
from fairlead_mesh.addons.tracing import Tracing
from fairlead_mesh.keys.section import Values, merged

if TYPE_CHECKING:
    from fairlead_mesh.addons.surroundings import Surroundings

METRICS_UID, LOGS_UID = "prometheus", "loki"
"""Stable, so that links to a dashboard survive a new pod."""
_TRACES_OF = {"jaeger": "jaeger", "tempo": "tempo", "zipkin": "zipkin"}
"""Provider of traces -> type of Grafana's data source, which is its uid too; all three come with Grafana."""
_EXEMPLARS = ("trace_id", "traceID")
"""Labels of exemplars: that of OpenTelemetry's data model, and that of Grafana's own examples."""
_TRACE_ID = r'(?i)trace[-_.]?id"?\s*[:=]\s*"?([0-9a-f]{32})'


def data_sources(around: Surroundings) -> Values:
    """The file that Grafana reads its data sources from; empty where it has none to read."""
    found = [*_metrics(around), *_logs(around), *_traces(around)]
    return {"datasources.yaml": {"apiVersion": 1, "datasources": found}} if found else {}


def _metrics(around: Surroundings) -> Iterator[Values]:
    prometheus = around.of(Prometheus)
    if prometheus:
        uid = _readable(around) if prometheus.exemplars else None
        links = {"exemplarTraceIdDestinations": [{"name": name, "datasourceUid": uid} for name in _EXEMPLARS]}
        own = _source("Prometheus", METRICS_UID, prometheus.cluster_url, timeInterval="15s", **(links if uid else {}))
        login = prometheus.credentials.of_datasource(METRICS) if prometheus.credentials else {}
        yield merged({**own, "isDefault": True}, login)


def _logs(around: Surroundings) -> Iterator[Values]:
    """Lines of apps that name a trace lead to it; access logs in Istio's own formats name none."""
    loki, traces = around.of(Loki), _readable(around)
    if loki:
        link = {"name": "Trace", "matcherRegex": _TRACE_ID, "url": "$${__value.raw}", "datasourceUid": traces}
        yield _source("Loki", LOGS_UID, loki.cluster_url, **({"derivedFields": [link]} if traces else {}))


def _traces(around: Surroundings) -> Iterator[Values]:
    """Spans lead to the logs of their namespace, and to the requests that its Services answered meanwhile."""
    tracing, uid = around.of(Tracing), _readable(around)
    if not tracing or not uid:
        return
    links: Values = {}
    if around.of(Loki):
        tags = [{"key": "istio.namespace", "value": "namespace"}]
        times = {"spanStartTimeShift": "-1m", "spanEndTimeShift": "1m"}
        links["tracesToLogsV2"] = {"datasourceUid": LOGS_UID, "tags": tags, **times}
    if around.of(Prometheus):
        tags = [{"key": "istio.namespace", "value": "destination_workload_namespace"}]
        query = {"name": "Requests", "query": "sum(rate(istio_requests_total{$$__tags}[5m])) by (response_code)"}
        links["tracesToMetrics"] = {"datasourceUid": METRICS_UID, "tags": tags, "queries": [query]}
    own = _source(tracing.product.title, uid, str(tracing.readable_url), **(links if uid != "zipkin" else {}))
    yield merged(own, tracing.credentials.of_datasource(TRACES) if tracing.credentials else {})


def _readable(around: Surroundings) -> str | None:
    """Uid of the data source of traces; None where it is not known at which address they are read."""
    tracing = around.of(Tracing)
    return _TRACES_OF[tracing.provider] if tracing and tracing.readable_url else None


def _source(name: str, kind: str, url: str, **settings: Any) -> Values:
    own: Values = {"name": name, "uid": kind, "type": kind, "url": url, "access": "proxy"}
    return {**own, "jsonData": settings} if settings else own
