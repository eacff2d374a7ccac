"""What is done wrong on purpose? Delays and aborts that show what clients do when an app is slow or fails."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fairlead_mesh.keys.scalars import Percent, TimeSpan
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.together import at_least_one, exactly_one

GrpcStatus = Literal[
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
]
HttpStatus = Annotated[int, Field(ge=200, le=599)]


class Delay(Section):
    """Requests that wait before they are sent on."""

    percentage: Percent
    """Which part of the requests."""
    fixed_delay: TimeSpan
    """How long they wait, such as 7s."""


class Abort(Section):
    """Requests that get an error, and never reach the app."""

    together = (exactly_one("httpStatus", "grpcStatus", what="write httpStatus: 503, or grpcStatus: UNAVAILABLE"),)

    percentage: Percent
    """Which part of the requests."""
    http_status: HttpStatus | None = None
    """The status that they get, such as 503."""
    grpc_status: GrpcStatus | None = None
    """The status that gRPC requests get, such as UNAVAILABLE."""


class Fault(Section):
    """Faults for tests."""

    together = (at_least_one("delay", "abort", what="write delay, abort or both"),)

    delay: Delay | None = None
    """Requests that wait, such as {percentage: 100, fixedDelay: 7s}."""
    abort: Abort | None = None
    """Requests that get an error, such as {percentage: 10, httpStatus: 503}."""
    in_protected_stack: bool = False
    """Whether it is meant in a stack with `lifecycle.protect` too, where it is an error otherwise."""
