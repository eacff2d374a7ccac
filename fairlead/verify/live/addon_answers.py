"""What must each kind of addon show of requests that were just sent? Their metrics, an edge, a trace, health."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fairlead.verify.live.addon_http import AddonHttp
from fairlead.verify.live.prometheus import LONGEST_SCRAPE, Prometheus
from fairlead.verify.sending import CannotSendError
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps

_EVERY = 1.0


@dataclass(frozen=True)
class Just:
    """What was just sent: the workloads that got it, since when (seconds since 1970), and the ids of its traces."""

    workloads: Sequence[str]
    since: float
    traces: Sequence[str] = ()


@dataclass(frozen=True)
class Shown:
    """What an addon shows, in words, and whether that is what it must."""

    is_right: bool
    seen: str


def metrics_shown(http: AddonHttp, just: Just, patience: float) -> Shown:
    """Prometheus has counted requests to one of the workloads since they were sent."""
    prometheus = Prometheus(http)
    if not prometheus.is_ready():
        return Shown(False, "Prometheus answers, and takes no queries")

    def look() -> Shown | None:
        # A scrape before, so that there is a sample to count from.
        now = time.time()
        found = prometheus.counted(now - just.since + LONGEST_SCRAPE, now)
        ours = [each for each in found if each.workload in just.workloads]
        if not ours:
            return None
        said = ", ".join(
            sorted(
                {f"{sum(x.number for x in ours if x.workload == each.workload)} to {each.workload}" for each in ours}
            )
        )
        return Shown(True, f"istio_requests_total counted {said}")

    nothing = f"no istio_requests_total to {' or '.join(just.workloads[:3])} since they were sent"
    return _waited(look, patience, nothing)


def graph_shown(http: AddonHttp, just: Just, patience: float) -> Shown:
    """Kiali draws an edge to one of the workloads."""
    namespaces = sorted({each.partition("/")[0] for each in just.workloads})
    seconds = max(60, int(time.time() - just.since) + 60)
    query = {"namespaces": ",".join(namespaces), "duration": f"{seconds}s", "graphType": "workload"}

    def look() -> Shown | None:
        elements = as_map(as_map(http.json("/api/namespaces/graph", query)).get("elements"))
        nodes = {str(each.get("id")): each for each in _data(elements.get("nodes"))}
        for edge in _data(elements.get("edges")):
            end = nodes.get(str(edge.get("target")), {})
            name = f"{end.get('namespace')}/{end.get('workload')}"
            if name in just.workloads:
                start = nodes.get(str(edge.get("source")), {})
                source = start.get("workload") or start.get("app") or start.get("nodeType")
                return Shown(True, f"Kiali draws an edge from {start.get('namespace')}/{source} to {name}")
        return None

    return _waited(look, patience, f"Kiali draws no edge to {' or '.join(just.workloads[:3])}")


def jaeger_shown(http: AddonHttp, just: Just, patience: float) -> Shown:
    """A trace that was begun with the requests has arrived at Jaeger."""

    def look() -> Shown | None:
        for each in just.traces:
            found = _or_none(lambda each=each: http.json(f"/api/traces/{each}"))
            spans = [span for trace in as_maps(as_map(found).get("data")) for span in as_maps(trace.get("spans"))]
            if spans:
                return Shown(True, f"trace {each} has {len(spans)} spans")
        return None

    return _waited(look, patience, _untraced(http, "/api/services", just))


def zipkin_shown(http: AddonHttp, just: Just, patience: float) -> Shown:
    """A trace that was begun with the requests has arrived at Zipkin."""

    def look() -> Shown | None:
        for each in just.traces:
            spans = as_list(_or_none(lambda each=each: http.json(f"/api/v2/trace/{each}")))
            if spans:
                return Shown(True, f"trace {each} has {len(spans)} spans")
        return None

    return _waited(look, patience, _untraced(http, "/api/v2/services", just))


def tempo_shown(http: AddonHttp, just: Just, patience: float) -> Shown:
    """A trace that was begun with the requests has arrived at Tempo."""

    def look() -> Shown | None:
        for each in just.traces:
            found = as_map(_or_none(lambda each=each: http.json(f"/api/traces/{each}")))
            batches = as_maps(found.get("batches") or found.get("resourceSpans"))
            scopes = [scope for batch in batches for scope in as_maps(batch.get("scopeSpans"))]
            if spans := [span for scope in scopes for span in as_maps(scope.get("spans"))]:
                return Shown(True, f"trace {each} has {len(spans)} spans")
        return None

    return _waited(look, patience, f"none of {len(just.traces)} traces that were begun has arrived")


def ready_shown(http: AddonHttp, just: Just, patience: float) -> Shown:  # noqa: ARG001 - as the others have it
    """Loki says that it is ready; lines take a while from their node to it."""
    said = http.text("/ready").strip()
    return Shown(said == "ready", f"Loki says: {said}")


def health_shown(http: AddonHttp, just: Just, patience: float) -> Shown:  # noqa: ARG001 - as the others have it
    """Grafana's own health, which says whether its database answers."""
    said = as_map(http.json("/api/health"))
    database, version = said.get("database"), said.get("version") or "of unknown version"
    return Shown(database == "ok", f"Grafana {version}: its database is {database or 'not named'}")


SHOWN: dict[str, Callable[[AddonHttp, Just, float], Shown]] = {
    "Prometheus": metrics_shown,
    "Kiali": graph_shown,
    "Jaeger": jaeger_shown,
    "Zipkin": zipkin_shown,
    "Grafana": health_shown,
    "Tempo": tempo_shown,
    "Loki": ready_shown,
}
"""By the name of the addon's product."""


def _untraced(http: AddonHttp, path: str, just: Just) -> str:
    known = _or_none(lambda: http.json(path))
    names: Iterable[Any] = as_list(as_map(known).get("data")) or as_list(known)
    said = ", ".join(sorted(map(str, names))[:5]) or "none"
    return f"none of {len(just.traces)} traces that were begun has arrived; services that it has traces of: {said}"


def _or_none(ask: Callable[[], Any]) -> Any:
    """What is not found is an answer of 404."""
    try:
        return ask()
    except CannotSendError:
        return None


def _data(listed: Any) -> list[dict[str, Any]]:
    return [as_map(each.get("data")) for each in as_maps(listed)]


def _waited(look: Callable[[], Shown | None], patience: float, otherwise: str) -> Shown:
    """The first answer that is right, looked for until the patience ends."""
    deadline = time.monotonic() + patience
    while (found := look()) is None and time.monotonic() < deadline:
        time.sleep(_EVERY)
    return found or Shown(False, otherwise)
