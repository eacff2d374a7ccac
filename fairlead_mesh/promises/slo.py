"""What does an app promise its clients? The key `slo`: its availability, and how fast it answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fairlead_mesh.keys.duration import nanoseconds
from fairlead_mesh.keys.scalars import TimeSpan
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.together import at_least_one

Objective = Annotated[float, Field(gt=0, lt=100)]

BUCKETS = (
    *(0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000),
    *(300000, 600000, 1800000, 3600000),
)
"""Upper bounds, in milliseconds, of the histogram of durations that every proxy keeps (`default_buckets` in
source/common/stats/histogram_impl.cc of envoyproxy/envoy; the pod annotation sidecar.istio.io/statsHistogramBuckets
changes them)."""


class Latency(Section):
    """How fast requests are answered."""

    p: Objective
    """Percentage of requests that are answered in time, such as 99."""
    under: TimeSpan
    """In which time, such as 300ms. Proxies count in steps (250ms, 500ms, 1s, ...): between two of them it is estimated
    as if requests were spread evenly."""

    @property
    def milliseconds(self) -> float:
        return (nanoseconds(self.under) or 0) / 10**6


class Slo(Section):
    """Service level objectives of an app, over 30 days. Alerts fire while its error budget burns too fast."""

    together = (at_least_one("availability", "latency", what="say what is promised: availability, latency or both"),)

    availability: Objective | None = None
    """Percentage of requests that succeed, such as 99.9. Statuses of 5xx fail, and those of gRPC that are a server's
    fault."""
    latency: Latency | None = None
    """How fast requests that succeed are answered, such as {p: 99, under: 300ms}."""
    reporter: Literal["source", "destination"] = "source"
    """Which proxies count: those of its clients and gateways (source), which see it fail to answer at all, or its own
    (destination), which see clients without a proxy too."""
