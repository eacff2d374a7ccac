"""How do clients treat the pods of an app or a version? Limits, ejection of failing pods, and balancing."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from fairlead_mesh.apps.load_balancing import LoadBalancing
from fairlead_mesh.keys.scalars import Count, CountOrZero, Duration, Percent, TimeSpan
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.together import at_least_one


class TcpPool(Section):
    """Limits on connections."""

    max_connections: Count | None = None
    """Connections to the app at a time, of each client proxy."""
    connect_timeout: TimeSpan | None = None
    """How long a connection may take to be made, such as 1s; 10s by default."""
    idle_timeout: Duration | None = None
    """After which time without bytes a connection is closed; 1h by default, 0s means never."""
    max_connection_duration: TimeSpan | None = None
    """After which time a connection is closed, whatever it does."""


class HttpPool(Section):
    """Limits on requests."""

    http1_max_pending_requests: Count | None = None
    """Requests that wait for a connection at a time; what goes beyond gets 503."""
    http2_max_requests: Count | None = None
    """Requests under way at a time, of HTTP/1.1 too; what goes beyond gets 503."""
    max_requests_per_connection: CountOrZero | None = None
    """Requests on one connection; 1 turns keep-alive off, 0 means no limit."""
    max_retries: CountOrZero | None = None
    """Retries under way at a time."""
    idle_timeout: TimeSpan | None = None
    """After which time without requests a connection is closed; 1h by default."""
    max_concurrent_streams: Count | None = None
    """Requests at a time on one HTTP/2 connection."""


class ConnectionPool(Section):
    """Limits of each client proxy; what goes beyond them gets 503 at once instead of waiting for a busy app."""

    together = (
        at_least_one("tcp", "http", what="say which limit: tcp or http, such as http: {http2MaxRequests: 100}"),
    )

    tcp: TcpPool | None = None
    """Limits on connections, such as {maxConnections: 100}."""
    http: HttpPool | None = None
    """Limits on requests, such as {http1MaxPendingRequests: 10, http2MaxRequests: 100}."""


class OutlierDetection(Section):
    """When a pod that keeps failing gets no more requests for a while."""

    consecutive5xx_errors: CountOrZero | None = Field(default=None, alias="consecutive5xxErrors")
    """After how many 5xx answers in a row a pod is ejected; 5 by default, 0 never."""
    consecutive_gateway_errors: CountOrZero | None = None
    """The same of 502, 503, 504 and connections that failed; not counted by default."""
    interval: TimeSpan | None = None
    """How often the counts are looked at; 10s by default."""
    base_ejection_time: TimeSpan | None = None
    """For how long a pod is ejected, times how often it has been; 30s by default."""
    max_ejection_percent: Percent | None = None
    """Which part of the pods may be ejected at a time; 10 by default, though one pod always may."""
    min_health_percent: Percent | None = None
    """Below which part of healthy pods nobody is ejected; 0 by default."""


class CircuitBreaker(Section):
    """What keeps one failing or busy app from taking its clients down: a connection pool, outlier detection or both."""

    together = (
        at_least_one("connectionPool", "outlierDetection", what="write connectionPool, outlierDetection or both"),
    )

    connection_pool: ConnectionPool | None = None
    """Limits, such as {tcp: {maxConnections: 100}, http: {http1MaxPendingRequests: 10}}."""
    outlier_detection: OutlierDetection | None = None
    """When a failing pod is left out, such as {consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s}."""


ClientTls = Literal["istioMutual", "disable"]


class TrafficPolicy(Section):
    """How clients in the mesh and gateways send requests to pods."""

    circuit_breaker: CircuitBreaker | None = None
    """Limits on connections and requests, and when a failing pod is left out."""
    load_balancing: LoadBalancing | None = None
    """Which pod gets a request, such as {simple: roundRobin} or {consistentHash: {httpHeaderName: end-user}}; the pod
    with the least requests under way by default."""
    client_tls: ClientTls | None = None
    """TLS of clients in the mesh to its pods: istioMutual is mTLS and disable plain text, whatever the pods accept; by
    default each proxy knows what they accept."""
