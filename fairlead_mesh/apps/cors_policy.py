"""Which web pages may send requests from a visitor's browser? Cross-origin resource sharing."""

from __future__ import annotations

from pydantic import Field

from fairlead_mesh.apps.match import StringMatch
from fairlead_mesh.keys.scalars import HttpMethod, NonEmpty, TimeSpan
from fairlead_mesh.keys.section import Section


class CorsPolicy(Section):
    """What browsers are told of requests from other origins; the proxy answers their preflights itself."""

    allow_origins: list[StringMatch] = Field(min_length=1)
    """Origins of pages, such as [https://shop.example.com] or [{regex: "https://.*\\\\.example\\\\.com"}]."""
    allow_methods: list[HttpMethod] = Field(default_factory=list[str])
    """Methods, such as [GET, POST]."""
    allow_headers: list[NonEmpty] = Field(default_factory=list[str])
    """Headers that requests may have; for gRPC-Web at least [content-type, x-grpc-web, grpc-timeout]."""
    expose_headers: list[NonEmpty] = Field(default_factory=list[str])
    """Headers of answers that pages may read; for gRPC-Web [grpc-status, grpc-message]."""
    max_age: TimeSpan | None = None
    """For how long a browser keeps the answer to a preflight, such as 1h."""
    allow_credentials: bool | None = None
    """Whether requests may have cookies and tokens."""
