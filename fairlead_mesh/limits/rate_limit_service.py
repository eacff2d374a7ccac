"""Who counts requests for all proxies together? Envoy's rate limit service, of this stack or one that exists."""

from __future__ import annotations

from typing import Annotated, ClassVar

from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import Count, DnsLabel, NonEmpty, TimeSpan
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.short import Short
from fairlead_mesh.keys.together import at_most_one
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN

NAME = "rate-limit"
GRPC_PORT = 8081
_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
ServiceHost = Annotated[
    str,
    Form(
        rf"{_LABEL}\.{_LABEL}\.svc\.cluster\.local(:[1-9]\d{{0,4}})?",
        "write the full name of its Service, such as ratelimit.limits.svc.cluster.local:8081",
    ),
]
RedisAddress = Annotated[
    str, Form(r"[a-zA-Z0-9][-a-zA-Z0-9.]*:[1-9]\d{0,4}", "write host and port, such as redis.example.com:6379")
]


class Redis(Short):
    """A Redis that exists, in which the service of this stack counts; a plain string is its address."""

    plain: ClassVar[str] = "address"

    address: RedisAddress
    """Host and port, such as redis.example.com:6379."""
    tls: bool = False
    """Whether it takes TLS."""
    credential_name: DnsLabel | None = None
    """Secret with its password under the key `password`, in the namespace of the service."""

    @property
    def port(self) -> str:
        return self.address.rpartition(":")[2]


class RateLimitService(Section):
    """The service that counts for limits with `scope: global`: with `service` one that exists, otherwise Envoy's own of
    this stack, with a Redis."""

    together = (at_most_one("service", "redis", what="a service that exists has a Redis already: remove redis"),)

    fail_open: bool | None = None
    """Whether requests pass while it cannot be reached, or get 500; a stack with a global limit has to say it."""
    timeout: TimeSpan = "100ms"
    """How long a request waits for it, before that counts as not reached."""
    domain: NonEmpty = "fairlead"
    """Name under which it knows the limits of this stack; stacks that share a service or a Redis need one each."""
    namespace: DnsLabel = NAME
    """Namespace to install it in, with sidecars."""
    replicas: Count = 2
    """Number of its pods."""
    redis: Redis | None = None
    """A Redis that exists; defaults to one of this stack, whose counts are lost when its pod restarts."""
    service: ServiceHost | None = None
    """Service and gRPC port of a rate limit service that exists, such as ratelimit.limits.svc.cluster.local:8081; then
    nothing is installed but the ConfigMap rate-limit in its namespace, which it has to read."""

    @property
    def installed(self) -> bool:
        return self.service is None

    @property
    def host(self) -> str:
        """Full name of its Service."""
        return (self.service or f"{NAME}.{self.namespace}.{CLUSTER_DOMAIN}").partition(":")[0]

    @property
    def home(self) -> str:
        """The namespace of its Service and its limits."""
        return self.host.split(".")[1]

    @property
    def port(self) -> int:
        """Its port for gRPC."""
        return int((self.service or "").partition(":")[2] or GRPC_PORT)
