"""Which pod gets a request? The balancing that an app or a version asks of its clients."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import Duration, HeaderName, NonEmpty, Percent, TimeSpan, UrlPath
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.together import at_least_one, at_most_one, exactly_one

_PART = r"[A-Za-z0-9_.-]+"
Locality = Annotated[
    str,
    Form(
        rf"\*|{_PART}(/{_PART}){{0,2}}|{_PART}(/{_PART})?/\*",
        "write a locality, region/zone/subzone, such as eu-west-1, eu-west-1/eu-west-1a or eu-west-1/*",
    ),
]
Region = Annotated[str, Form(_PART, "write a region such as eu-west-1")]


class HttpCookie(Section):
    """A cookie of which the value chooses the pod; where a client has none, the proxy makes one if ttl is set."""

    name: NonEmpty
    """Name of the cookie."""
    path: UrlPath | None = None
    """Path of the cookie that the proxy makes."""
    ttl: Duration | None = None
    """Lifetime of the cookie that the proxy makes; 0s is one that ends with the browser's session."""


class ConsistentHash(Section):
    """The same value reaches the same pod, as long as the pods stay the same."""

    together = (
        exactly_one(
            "httpHeaderName",
            "httpCookie",
            "httpQueryParameterName",
            "useSourceIp",
            what="write one of httpHeaderName, httpCookie, httpQueryParameterName and useSourceIp: true",
        ),
    )

    http_header_name: HeaderName | None = None
    """By the value of a header, such as end-user."""
    http_cookie: HttpCookie | None = None
    """By the value of a cookie, such as {name: user, ttl: 0s}."""
    http_query_parameter_name: NonEmpty | None = None
    """By the value of a query parameter."""
    use_source_ip: Literal[True] | None = None
    """By the address of the client, as the proxy sees it."""


class Localities(Section):
    """In which zones and regions requests are answered."""

    together = (
        at_least_one(
            "failover", "distribute", "failoverPriority", what="write failover, distribute or failoverPriority"
        ),
        at_most_one("failover", "distribute", what="Istio takes one of failover and distribute: keep one of the two"),
        at_most_one(
            "failoverPriority",
            "distribute",
            what="Istio takes one of failoverPriority and distribute: keep one of the two",
        ),
    )

    failover: dict[Region, Region] = Field(default_factory=dict[str, str])
    """Region -> the region that answers where no pod of the first is healthy, such as {eu-west-1: eu-central-1}; needs
    outlierDetection, which finds out what is healthy."""
    distribute: dict[Locality, dict[Locality, Percent]] = Field(default_factory=dict[str, dict[str, int]])
    """Where the client is -> which part of its requests goes where, such as
    {eu-west-1/eu-west-1a/*: {eu-west-1/eu-west-1a/*: 80, eu-west-1/eu-west-1b/*: 20}}."""
    failover_priority: list[NonEmpty] = Field(default_factory=list[str])
    """Labels that decide which pods are near, in order, such as [topology.kubernetes.io/region]."""


class Warmup(Section):
    """How a pod that has just started gets its share little by little."""

    duration: TimeSpan
    """After which time it gets its whole share, such as 60s."""
    minimum_percent: Percent | None = None
    """Which part of its share it gets at first; 10 by default."""


class LoadBalancing(Section):
    """How clients choose a pod."""

    together = (
        at_least_one(
            "simple",
            "consistentHash",
            "locality",
            "warmup",
            what="say how: simple, consistentHash, locality or warmup, such as simple: roundRobin",
        ),
        at_most_one("simple", "consistentHash", what="a pod is chosen in one way: keep simple or consistentHash"),
        at_most_one("consistentHash", "warmup", what="a hash leaves no room for a warmup: keep one of the two"),
    )

    simple: Literal["roundRobin", "leastRequest", "random"] | None = None
    """In turns, the pod with the least requests under way (the default), or any."""
    consistent_hash: ConsistentHash | None = None
    """The same value of a header, cookie, query parameter or address reaches the same pod."""
    locality: Localities | None = None
    """Which zones and regions answer."""
    warmup: Warmup | None = None
    """How a pod that has just started gets its share, such as {duration: 60s}; with roundRobin and leastRequest."""

    @property
    def hashed_header(self) -> str | None:
        return self.consistent_hash.http_header_name if self.consistent_hash else None
