"""What can a run reach? The addresses of gateways, senders in the right places, the proxies, and causes of failures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from fairlead.verify.promise import Evidence, Promise
from fairlead.verify.proxies import Proxies
from fairlead.verify.sending import Address, CannotSendError, Sender
from fairlead_mesh.model.requests.request import Request


class Access(Protocol):
    """The cluster, as the checks see it: `live` is the one that talks to a real one, tests have theirs on loopback."""

    def address(self, gateway: str, port: int) -> Address:
        """Where a port of a gateway's Service (`namespace/name`) can be reached from this machine: its load balancer,
        a node's port, or a port forwarded for this run. Raises CannotSendError."""
        ...

    def sender(self, request: Request) -> Sender:
        """Who can send a request as its caller would: this machine for `internet`, a pod without a sidecar for
        `outside-the-mesh`, else a pod in the caller's namespace, with its service account. One sender is made once and
        lasts until the run ends. Raises CannotSendError with the reason."""
        ...

    @property
    def proxies(self) -> Proxies | None:
        """None where no proxy's admin interface may be asked."""
        ...

    def causes(self, promise: Promise, evidence: Evidence) -> Sequence[str]:
        """Why a promise does not hold, as far as the proxies' own configuration tells; one line each."""
        ...

    def close(self) -> None:
        """Remove whatever was made for this run. May be called twice."""
        ...


class NoAccess:
    """Nothing is reached: `--list`."""

    proxies = None

    def address(self, gateway: str, port: int) -> Address:
        raise CannotSendError(f"no cluster is asked for {gateway} port {port}")

    def sender(self, request: Request) -> Sender:
        raise CannotSendError(f"no cluster is asked for requests from {request.caller}")

    def causes(self, promise: Promise, evidence: Evidence) -> Sequence[str]:  # noqa: ARG002 - as Access has it
        return ()

    def close(self) -> None:
        return
