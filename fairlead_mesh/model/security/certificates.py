"""What does a certificate say? Its names, its end and its public key, read from the PEM text of a secret (RFC 5280)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----")
_CERTIFICATE, _KEY = "CERTIFICATE", "PRIVATE KEY"
_INTEGER, _BYTES, _UTC_TIME, _SEQUENCE = 0x02, 0x04, 0x17, 0x30
_EXTENSIONS, _VERSION, _DNS_NAME, _EC_PUBLIC = 0xA3, 0xA0, 0x82, 0xA1
_ALTERNATIVE_NAMES = bytes.fromhex("551d11")
_LONG_FORM = 0x80
_HALF_A_CENTURY = 50

Element = tuple[int, bytes]
"""The tag of a part, and what it holds."""


@dataclass(frozen=True)
class Certificate:
    """When it ends, the names of servers in it, and the number or point by which its key is known."""

    ends: datetime
    names: tuple[str, ...]
    public: bytes


def certificate(text: str) -> Certificate | None:
    """The first certificate of a PEM text, which is the server's; None where there is none that can be read."""
    found = next(_blocks(text, _CERTIFICATE), None)
    try:
        return _certificate(found) if found else None
    except (IndexError, ValueError):
        return None


def has_block(text: str, what: str) -> bool:
    """Whether a PEM text begins a block that is called `what`, or ends so, as `RSA PRIVATE KEY` does."""
    return re.search(rf"-----BEGIN ([A-Z0-9 ]+ )?{what}-----", text) is not None


def belongs_to(key: str, to: Certificate) -> bool | None:
    """Whether a PEM text's private key is that of a certificate; None where the key does not say it."""
    found = next(_blocks(key, _KEY), None)
    if found is None:
        return None
    if to.public in found:
        return True
    try:
        return False if _says_its_public_half(found) else None
    except (IndexError, ValueError):
        return None


def _blocks(text: str, what: str) -> Iterator[bytes]:
    for name, body in _BLOCK.findall(text):
        if name.endswith(what) and not name.startswith("ENCRYPTED"):
            try:
                yield base64.b64decode("".join(body.split()), validate=True)
            except binascii.Error:
                continue


def _elements(data: bytes) -> Iterator[Element]:
    """The parts of a DER value, one after the other."""
    at = 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length >= _LONG_FORM:
            size = length - _LONG_FORM
            length = int.from_bytes(data[at : at + size], "big")
            at += size
        if at + length > len(data):
            raise ValueError("cut off")
        yield tag, data[at : at + length]
        at += length


def _certificate(data: bytes) -> Certificate:
    ((_, whole),) = _elements(data)
    parts = list(_elements(next(_elements(whole))[1]))
    # Version 1 has no number of its version; the rest follows in the same order.
    _, _, _, (_, validity), _, (_, key), *more = parts[1:] if parts[0][0] == _VERSION else parts
    _, (kind, until) = _elements(validity)
    names = next((_names(inner) for tag, inner in more if tag == _EXTENSIONS), ())
    return Certificate(_moment(kind, until), tuple(names), _public(key))


def _moment(kind: int, text: bytes) -> datetime:
    digits = text.decode("ascii").rstrip("Z")
    if kind == _UTC_TIME:
        digits = f"{19 if int(digits[:2]) >= _HALF_A_CENTURY else 20}{digits}"
    return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _names(extensions: bytes) -> Iterator[str]:
    for _, extension in _elements(next(_elements(extensions))[1]):
        (_, name), *_, (_, value) = _elements(extension)
        if name == _ALTERNATIVE_NAMES:
            inner = _elements(next(_elements(value))[1])
            yield from (text.decode("ascii", "replace") for tag, text in inner if tag == _DNS_NAME)


def _public(key: bytes) -> bytes:
    """Of RSA the modulus, of a curve the point: a private key repeats both as they stand."""
    _, (_, bits) = _elements(key)
    content = bits[1:]
    if content[:1] != bytes([_SEQUENCE]):
        return content
    return next(_elements(next(_elements(content))[1]))[1]


def _says_its_public_half(data: bytes) -> bool:
    """Whether a private key is one of RSA, or one of a curve with its point."""
    parts = list(_elements(next(_elements(data))[1]))
    inner = [part for tag, part in parts if tag == _BYTES]
    if len(parts) > 1 and parts[1][0] == _SEQUENCE and inner:
        parts = list(_elements(next(_elements(inner[0]))[1]))
    integers = sum(tag == _INTEGER for tag, _ in parts)
    return integers > 1 or any(tag == _EC_PUBLIC for tag, _ in parts)
