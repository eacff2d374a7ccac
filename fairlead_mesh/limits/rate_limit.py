"""How many requests may an app or a gateway get? One of its `rateLimits`."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from fairlead_mesh.keys.form import Form
from fairlead_mesh.keys.scalars import Count, DnsLabel, HeaderName, HttpMethod, NonEmpty
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.short import Short
from fairlead_mesh.keys.together import exactly_one

LimitedPath = Annotated[
    str, Form(r"(/[^\s?#{}*]*\*?|\*[^\s?#{}*]*)", "write a path such as /login, /pay/* or */health, with * at one end")
]


class LimitedBy(Short):
    """What a limit is counted by; a plain string is a part of every request."""

    plain: ClassVar[str] = "part"
    together = (exactly_one("part", "header", what="count by one thing: address, user or {header: x-user}"),)

    part: Literal["address", "user"] | None = None
    """The client's address, as X-Forwarded-For of the gateway says it, or the header `clients.userHeader`."""
    header: HeaderName | None = None
    """A header, such as x-user; requests without it share one limit."""


class RateLimit(Section):
    """How many requests pass; all conditions must match, and requests over it get 429."""

    scope: Literal["local", "global"] = "local"
    """Who counts: local is each pod by itself, global the `rateLimitService` for all pods together."""
    requests: Count
    """Requests per unit."""
    unit: Literal["second", "minute", "hour", "day"]
    """Unit of time."""
    by: LimitedBy | None = None
    """With global: that each client has a limit of its own, such as `{header: x-user}`, user or address; without, all
    share it."""
    paths: list[LimitedPath] = Field(default_factory=list[str])
    """Paths, such as /login or /pay/*, which share the limit; defaults to every one."""
    methods: list[HttpMethod] = Field(default_factory=list[str])
    """HTTP methods, which share the limit; defaults to every one."""
    headers: dict[HeaderName, list[NonEmpty]] = Field(default_factory=dict[str, list[str]])
    """Values of headers, such as `end-user: [jason]` or `user-agent: [curl/*]`."""
    client: DnsLabel | None = None
    """An app of this stack, whose requests the limit is for; needs mTLS."""

    @property
    def is_global(self) -> bool:
        return self.scope == "global"
