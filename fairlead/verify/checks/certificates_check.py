"""Does a gateway show a certificate that is for the host, in time, and one that clients trust?"""

from __future__ import annotations

import time
from collections.abc import Iterator

from fairlead.verify.asking import Asking
from fairlead.verify.naming import promise_id
from fairlead.verify.outside.peer import peer_of
from fairlead.verify.promise import Evidence, Promise, Verdict, broken, holds
from fairlead.verify.sending import Peer
from fairlead.verify.subject import Subject
from fairlead_mesh.model.hostnames import covers
from fairlead_mesh.model.requests.request import INTERNET
from fairlead_mesh.model.traffic.outcome import TLS

ORDER = 12
NAME = "certificates"
_DAY = 86_400.0
_SELF_SIGNED = ("self-signed", "self signed", "unable to get local issuer", "unable to get issuer")


def promises(subject: Subject) -> Iterator[Promise]:
    """One for each host that a gateway terminates TLS for."""
    doors: set[tuple[str, int, str]] = set()
    for request, expected in subject.expectations:
        key = request.gateway, request.port, request.sni
        ended = any(each.error == TLS or each.status is not None for each in expected.outcomes)
        if request.caller != INTERNET or request.scheme != "https" or key in doors or not ended:
            continue
        doors.add(key)
        text = f"gateway {request.gateway} port {request.port} shows a certificate for {request.sni}"
        yield Promise(
            promise_id(NAME, text), NAME, request.gateway, text, "the certificate of 1 connection, and its chain", "",
            request, expected, 1,
        )  # fmt: skip


def verdict(promise: Promise, asking: Asking) -> Verdict:
    """Name and dates have to be right. An authority that this machine does not know is said, and may be meant."""
    request = promise.request
    assert request is not None  # noqa: S101 - promises() gives each one
    to = asking.access.address(request.gateway, request.port)
    peer = peer_of(to, request.sni)
    said = f"{', '.join(peer.names) or peer.subject}, by {peer.issuer}, {_left(peer)}"
    said += "" if peer.trusted else f"; not trusted here: {peer.why_not}"
    evidence = Evidence(said, "this machine", 1)
    wrong = list(_wrong(peer, request.sni))
    return broken(promise, evidence, *wrong) if wrong else holds(promise, evidence)


def _left(peer: Peer) -> str:
    return f"valid for {(peer.until - time.time()) / _DAY:.0f} days more"


def _wrong(peer: Peer, name: str) -> Iterator[str]:
    if not any(each == name or covers(each, name) for each in peer.names):
        yield f"it is not for {name}"
    if peer.until < time.time():
        yield "it has expired"
    elif not peer.trusted and not any(each in peer.why_not for each in _SELF_SIGNED) and "mismatch" not in peer.why_not:
        yield f"its chain is not valid: {peer.why_not}"
