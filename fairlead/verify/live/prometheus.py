"""What does Prometheus know of the mesh's requests? Counts of `istio_requests_total`, exact, without extrapolation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps

METRIC = "istio_requests_total"
LONGEST_SCRAPE = 45.0
"""Seconds between two samples at most: the addon of a stack scrapes every 15, most others every 30."""


class Json(Protocol):
    """Asks an API: AddonHttp."""

    def json(self, path: str, query: Mapping[str, Any] | None = None) -> Any: ...


@dataclass(frozen=True)
class Counted:
    """Requests to one workload, in a span of time, by their code."""

    workload: str
    code: str
    number: int


@dataclass
class Prometheus:
    """One server, by its HTTP API (prometheus.io, querying/api)."""

    api: Json

    def is_ready(self) -> bool:
        """Whether it answers queries."""
        return str(as_map(self.api.json("/api/v1/query", {"query": "vector(1)"})).get("status")) == "success"

    def counted(self, seconds: float, until: float, *matchers: tuple[str, str, str]) -> list[Counted]:
        """What was counted between two times in series that match: label, operator and value of each matcher.

        Each series by its own samples, so that the numbers are requests: `increase` guesses what lies between.
        """
        said = ", ".join(f"{label}{operator}{json.dumps(value)}" for label, operator, value in matchers)
        query = f"{METRIC}{{{said}}}[{max(1, round(seconds))}s]"
        answer = as_map(self.api.json("/api/v1/query", {"query": query, "time": f"{until:.3f}"}))
        found: dict[tuple[str, str], int] = {}
        for series in as_maps(as_map(answer.get("data")).get("result")):
            metric = as_map(series.get("metric"))
            name = f"{metric.get('destination_workload_namespace')}/{metric.get('destination_workload')}"
            key = name, str(metric.get("response_code"))
            samples = [(float(each[0]), float(each[1])) for each in map(as_list, as_list(series.get("values")))]
            found[key] = found.get(key, 0) + _grown(samples, until - seconds + LONGEST_SCRAPE)
        return [Counted(name, code, number) for (name, code), number in sorted(found.items()) if number]


def _grown(samples: Sequence[tuple[float, float]], late: float) -> int:
    """How much a counter grew. A proxy that restarted counts from 0 again, and a series whose first sample is late was
    0 before: a proxy has none until the first request of its kind."""
    first, *_ = samples
    grown = first[1] if first[0] > late else 0.0
    return round(grown + sum(b - a if b >= a else b for (_, a), (_, b) in pairwise(samples)))
