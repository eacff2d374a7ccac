"""How are requests sent from this machine? Several on their way, at a steady rate, answers in the order of requests."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from fairlead.verify.outside.exchange import exchanged
from fairlead.verify.sending import Answer, CannotSendError, Sent

SIDE_BY_SIDE = 24


@dataclass
class OutsideSender:
    """This machine as a client: `certificate` and `key` are files, for gateways that ask for one."""

    certificate: Path | None = None
    key: Path | None = None
    place: str = "this machine"
    proxy: str = ""
    _contexts: dict[bool, ssl.SSLContext] = field(default_factory=dict[bool, ssl.SSLContext])

    def send(self, requests: Sequence[Sent], per_second: float) -> Iterator[Answer]:
        """See Sender: no more begin in a second, and each is on its way as soon as its turn has come."""
        begin = time.monotonic()

        def one(number: int, sent: Sent) -> Answer:
            wait = begin + number / per_second - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            return self._one(sent)

        with ThreadPoolExecutor(min(SIDE_BY_SIDE, max(1, len(requests)))) as pool:
            yield from pool.map(one, range(len(requests)), requests)

    def _one(self, sent: Sent) -> Answer:
        if sent.connect is None:
            raise CannotSendError(f"the address of {sent.request.gateway or sent.request.to} is not known here")
        encrypted = sent.request.scheme == "https"
        return exchanged(sent, sent.connect, self._context(sent) if encrypted else None)

    def _context(self, sent: Sent) -> ssl.SSLContext:
        certified = bool(sent.request.client_certificate)
        if certified and self.certificate is None:
            raise CannotSendError("it needs a client certificate: name its file with --client-certificate")
        if certified not in self._contexts:
            self._contexts[certified] = unchecked_context(self.certificate if certified else None, self.key)
        return self._contexts[certified]


def unchecked_context(certificate: Path | None = None, key: Path | None = None) -> ssl.SSLContext:
    """TLS that takes whatever certificate a server shows: whether it is a good one is a check of its own."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    if certificate is not None:
        try:
            context.load_cert_chain(certificate, key)
        except (OSError, ssl.SSLError) as error:
            raise CannotSendError(f"the client certificate {certificate} cannot be read: {error}") from None
    return context
