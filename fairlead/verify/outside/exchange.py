"""What becomes of one request on one connection? Its answer, or in which way the connection failed."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, RemoteDisconnected

from fairlead.verify.sending import BODY_LIMIT, HELD, OPEN, TIMEOUT, Address, Answer, Sent
from fairlead_mesh.model.traffic.outcome import CLOSED, NO_NAME, REFUSED, RESET, TLS

_PIECE = 16 * 1024


def exchanged(sent: Sent, to: Address, context: ssl.SSLContext | None) -> Answer:
    """One request, one connection; with a context over TLS. What the network says is an answer too."""
    at, begin = time.time(), time.monotonic()
    try:
        if sent.request.scheme == "tcp":
            return Answer(error=_held(to, begin + sent.within), seconds=time.monotonic() - begin, sent_at=at)
        status, headers, body = _asked(sent, to, context, begin + sent.within)
    except (OSError, HTTPException, ValueError) as error:
        word, why = _in_words(error)
        return Answer(error=word, why=why, seconds=time.monotonic() - begin, sent_at=at)
    return Answer(status, "", headers, body, time.monotonic() - begin, at)


def _held(to: Address, until: float) -> str:
    """Whether a connection on which nothing is sent stays open for a while."""
    with socket.create_connection((to.host, to.port), timeout=_left(until)) as plain:
        plain.settimeout(HELD)
        try:
            return OPEN if plain.recv(1) else CLOSED
        except TimeoutError:
            return OPEN


def _asked(
    sent: Sent, to: Address, context: ssl.SSLContext | None, until: float
) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    with socket.create_connection((to.host, to.port), timeout=_left(until)) as plain:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context is None:
            return _answered(sent, plain, until)
        plain.settimeout(_left(until))
        with context.wrap_socket(plain, server_hostname=sent.request.sni or None) as encrypted:
            return _answered(sent, encrypted, until)


def _answered(sent: Sent, connected: socket.socket, until: float) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    connection = HTTPConnection(sent.request.authority or "unnamed")
    connection.sock = connected
    connected.settimeout(_left(until))
    connection.putrequest(sent.request.method, sent.request.path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers_of(sent).items():
        connection.putheader(name, value)
    connection.endheaders()
    connected.settimeout(_left(until))
    answer = connection.getresponse()
    headers = tuple((name.lower(), value) for name, value in answer.getheaders())
    return answer.status, headers, _body(answer, connected, until)


def headers_of(sent: Sent) -> Mapping[str, str]:
    """All headers as they are sent: Host first, then the request's own and those beside them."""
    own = {"host": sent.request.authority, **sent.request.headers, **sent.headers}
    return {"accept": "*/*", "user-agent": "fairlead-verify", **own, "connection": "close"}


def _body(answer: HTTPResponse, connected: socket.socket, until: float) -> bytes:
    found = b""
    while len(found) < BODY_LIMIT:
        connected.settimeout(_left(until))
        piece = answer.read1(min(_PIECE, BODY_LIMIT - len(found)))
        if not piece:
            break
        found += piece
    return found


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time limit is over")
    return left


def _in_words(error: Exception) -> tuple[str, str]:
    """The word of the model for an error, and the system's."""
    kinds: tuple[tuple[type[Exception], str], ...] = (
        (socket.gaierror, NO_NAME),
        (TimeoutError, TIMEOUT),
        (ssl.SSLEOFError, CLOSED),  # the connection ended within the handshake: no alert, so nobody refused a name
        (ssl.SSLZeroReturnError, CLOSED),
        (ssl.SSLError, TLS),
        (ConnectionRefusedError, REFUSED),
        (RemoteDisconnected, CLOSED),
        (ConnectionResetError, RESET),
        (BrokenPipeError, CLOSED),
        (HTTPException, CLOSED),
    )
    word = next((word for kind, word in kinds if isinstance(error, kind)), CLOSED)
    return word, str(getattr(error, "strerror", None) or error or type(error).__name__)
