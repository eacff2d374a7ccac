"""Is a token signed by this key? RSA and HMAC (RFC 7518), with Python alone.

Elliptic curves and RSA-PSS are not verified here.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any

from fairlead_mesh.model.traffic.undecided import UndecidedError

_HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512", "RS256": "sha256", "RS384": "sha384",
           "RS512": "sha512"}  # fmt: skip
# DigestInfo of RFC 8017, 9.2, before the hash itself.
_PREFIXES = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}


def verifies(key: Mapping[str, Any], algorithm: str, signed: bytes, signature: str) -> bool:
    """Whether a key of a JWKS has signed these bytes. Raises UndecidedError."""
    if algorithm not in _HASHES:
        raise UndecidedError(f"a signature with {algorithm} is not verified here")
    digest = _HASHES[algorithm]
    given = decoded(signature)
    if given is None:
        return False
    if algorithm.startswith("HS"):
        secret = decoded(str(key.get("k", "")))
        return secret is not None and hmac.compare_digest(hmac.new(secret, signed, digest).digest(), given)
    modulus, exponent = (int.from_bytes(decoded(str(key.get(part, ""))) or b"") for part in ("n", "e"))
    size = (modulus.bit_length() + 7) // 8
    if not modulus or len(given) != size:
        return False
    wanted = _PREFIXES[digest] + hashlib.new(digest, signed).digest()
    padded = b"\x00\x01" + b"\xff" * (size - len(wanted) - 3) + b"\x00" + wanted
    return pow(int.from_bytes(given), exponent, modulus).to_bytes(size) == padded


def decoded(text: str) -> bytes | None:
    """What a text in base64url stands for; None where it is none."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
