"""Which certificate does a server show for a name, and would a client that knows the usual authorities take it?"""

from __future__ import annotations

import socket
import ssl
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from fairlead.verify.outside.outside_sender import unchecked_context
from fairlead.verify.sending import Address, CannotSendError, Peer


def peer_of(to: Address, name: str, authorities: Path | None = None, within: float = 10.0) -> Peer:
    """The certificate at an address for a server name; `authorities` is a file with more of them. Raises
    CannotSendError where there is no handshake at all."""
    why = ""
    trusting = ssl.create_default_context()
    if authorities is not None:
        trusting.load_verify_locations(authorities)
    try:
        with _handshake(trusting, to, name, within) as connected:
            return _read(connected.getpeercert(), "")
    except ssl.SSLCertVerificationError as error:
        why = error.verify_message or str(error)
    except OSError as error:
        raise CannotSendError(f"no TLS handshake for {name} at {to.host}:{to.port}: {error}") from None
    return _untrusted(to, name, why, within)


def _handshake(context: ssl.SSLContext, to: Address, name: str, within: float) -> ssl.SSLSocket:
    plain = socket.create_connection((to.host, to.port), timeout=within)
    try:
        return context.wrap_socket(plain, server_hostname=name)
    except BaseException:
        plain.close()
        raise


def _untrusted(to: Address, name: str, why: str, within: float) -> Peer:
    """What stands in a certificate that nobody vouches for: Python only reads those that were verified, so it is taken
    for an authority itself, by which it is verified without its name."""
    with _handshake(unchecked_context(), to, name, within) as connected:
        shown = connected.getpeercert(binary_form=True) or b""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags = ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(ssl.DER_cert_to_PEM_cert(shown))
        file.flush()
        context.load_verify_locations(file.name)
    with suppress(OSError), _handshake(context, to, name, within) as connected:
        return _read(connected.getpeercert(), why)
    return Peer("", "", (), 0.0, trusted=False, why_not=why)


def _read(certificate: Any, why: str) -> Peer:
    said = cast("dict[str, Any]", certificate or {})
    names = tuple(str(value) for kind, value in said.get("subjectAltName", ()) if kind in ("DNS", "IP Address"))
    until = ssl.cert_time_to_seconds(str(said["notAfter"])) if "notAfter" in said else 0.0
    return Peer(_name(said.get("subject")), _name(said.get("issuer")), names, until, trusted=not why, why_not=why)


def _name(parts: Any) -> str:
    pairs = {str(key): str(value) for part in parts or () for key, value in part}
    return pairs.get("commonName") or ", ".join(pairs.values())
