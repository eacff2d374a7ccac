"""What is sent, and what comes back? The seam between the checks and whoever sends: this machine, or a pod."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.traffic.outcome import CLOSED, NO_NAME, REFUSED, RESET, TLS

TIMEOUT = "timeout"
OPEN = "open"
"""What is said of a connection without HTTP (scheme tcp) on which nothing is sent: it stays open, or is answered."""
HELD = 0.5
"""Seconds that such a connection is kept: proxies close it at once where they reach nobody."""
ERRORS = (REFUSED, RESET, CLOSED, TLS, NO_NAME, TIMEOUT)
"""The words that `Answer.error` has: those of the model's outcomes, and that nothing came within the time limit."""
BODY_LIMIT = 64 * 1024
WITHIN = 10.0
"""Seconds that an answer may take where nothing says otherwise."""


class Address(NamedTuple):
    """Where a connection goes, and what stands there, in words: `the load balancer`, `a forwarded port`."""

    host: str
    port: int
    by: str = ""


@dataclass(frozen=True)
class Sent:
    """One request as it leaves: HTTP/1.1 on a connection of its own (`Connection: close`), without a body, and no
    redirect is followed.

    The Host header is `request.authority`, the server name of TLS `request.sni`. `connect` is where the connection
    goes; None lets a pod resolve `request.to` itself and take `request.port`, as the client of the model does.
    `within` is how many seconds it may take, from the connection to the end of the body.
    """

    request: Request
    connect: Address | None = None
    within: float = WITHIN
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Headers beside the request's own: what this run marks its requests with."""


@dataclass(frozen=True)
class Peer:
    """The certificate that a server showed: `trusted` says whether a chain to a known authority exists for the name
    that was asked, `why_not` what OpenSSL says against it."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    until: float
    trusted: bool
    why_not: str = ""


@dataclass(frozen=True)
class Answer:
    """A `status`, or else an `error` of ERRORS and `why` in the words of the system. Names of headers are in small
    letters, `body` is its first 64 KiB, `sent_at` in seconds since 1970."""

    status: int | None = None
    error: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    seconds: float = 0.0
    sent_at: float = 0.0
    why: str = ""
    peer: Peer | None = None

    def header(self, name: str) -> str | None:
        """The values of a header, joined as proxies join them; None where the answer does not have it."""
        values = [value for key, value in self.headers if key == name]
        return ",".join(values) if values else None

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class CannotSendError(Exception):
    """Why a request cannot be sent from where it has to come from; the text is what the report says."""


class Sender(Protocol):
    """Who sends. Each answer belongs to the request of the same place; a sender may keep several on their way."""

    @property
    def place(self) -> str:
        """From where, in the words of the report: `this machine`, `pod hello/fairlead-verify-x as hello/default`."""
        ...

    @property
    def proxy(self) -> str:
        """The workload whose proxy its requests leave through, as `Proxies` names it: that of the pod itself where it
        has a sidecar. Empty for this machine, whose requests meet a gateway's first, and for pods without one."""
        ...

    def send(self, requests: Sequence[Sent], per_second: float) -> Iterator[Answer]:
        """The answers, in the order of the requests, of which no more than so many begin in a second.

        Raises CannotSendError where nothing could be sent at all. What the network says of a single request (refused,
        reset, no such name) is an answer, and never raised.
        """
        ...
