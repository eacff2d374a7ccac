"""How many requests may an app get? One of its `rateLimits`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from mesh.keys.form import Form
from mesh.keys.scalars import Count, DnsLabel, HeaderName, HttpMethod, NonEmpty
from mesh.keys.section import Section

LimitedPath = Annotated[
    str, Form(r"(/[^\s?#{}*]*\*?|\*[^\s?#{}*]*)", "write a path such as /login, /pay/* or */health, with * at one end")
]


class RateLimit(Section):
    """A limit of each pod by itself; all conditions must match, and requests over it get 429."""

    requests: Count
    """Requests per unit."""
    unit: Literal["second", "minute", "hour", "day"]
    """Unit of time."""
    paths: list[LimitedPath] = Field(default_factory=list[str])
    """Paths, such as /login or /pay/*, which share the limit; defaults to every one."""
    methods: list[HttpMethod] = Field(default_factory=list[str])
    """HTTP methods, which share the limit; defaults to every one."""
    headers: dict[HeaderName, list[NonEmpty]] = Field(default_factory=dict[str, list[str]])
    """Values of headers, such as `end-user: [jason]` or `user-agent: [curl/*]`."""
    client: DnsLabel | None = None
    """An app of this stack, whose requests the limit is for; needs mTLS."""
