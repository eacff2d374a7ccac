"""Is a caller's token taken? All RequestAuthentications that hold for the same pods, asked as Envoy asks them.

Sources: Istio's reference of RequestAuthentication, Envoy's jwt_authn filter (the texts of its refusals).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mesh.model.traffic.request import Request
from mesh.model.traffic.undecided import UndecidedError
from mesh.model.yaml_values import as_list, as_map, as_maps

_BEARER = "Bearer "
_MALFORMED = "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections"
_HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512", "RS256": "sha256", "RS384": "sha384",
           "RS512": "sha512"}  # fmt: skip
# DigestInfo of RFC 8017, 9.2, before the hash itself.
_PREFIXES = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}


@dataclass(frozen=True)
class Checked:
    """What becomes of a request: `refusal` is Envoy's text of the 401, `claims` those of a token that is taken."""

    request: Request
    claims: Mapping[str, Any] | None = None
    refusal: str = ""


def checked(request: Request, rules: Iterable[Mapping[str, Any]], now: float) -> Checked:
    """The request after all rules of the RequestAuthentications that hold; `now` in seconds since 1970.

    Raises UndecidedError where the keys are not in the objects.
    """
    listed = list(rules)
    if not listed:
        return Checked(request, None)
    outgoing = {name for rule in listed for name in _written_headers(rule)}
    cleaned = request.changed(headers={key: value for key, value in request.headers.items() if key not in outgoing})
    if request.claims is not None:
        return _taken(cleaned, listed, request.claims)
    for rule, token in _found(request, listed):
        return _judged(cleaned, listed, rule, token, now)
    return Checked(cleaned, None)


def _found(request: Request, rules: list[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any] | None, str]]:
    """The tokens of a request, each with the rule that says where it stands."""
    for rule in rules:
        for each in as_maps(rule.get("fromHeaders")):
            value = request.headers.get(str(each.get("name", "")).lower())
            if value is not None and value.startswith(str(each.get("prefix") or "")):
                yield rule, value.removeprefix(str(each.get("prefix") or ""))
        for name in as_list(rule.get("fromParams")):
            if (value := request.query.get(str(name))) is not None:
                yield rule, value
    plain = [rule for rule in rules if not rule.get("fromHeaders") and not rule.get("fromParams")]
    value = request.headers.get("authorization", "")
    if plain and value.startswith(_BEARER):
        yield None, value.removeprefix(_BEARER)


def _judged(
    request: Request, rules: list[Mapping[str, Any]], rule: Mapping[str, Any] | None, token: str, now: float
) -> Checked:
    parts = token.split(".")
    if len(parts) != len(("header", "payload", "signature")):
        return Checked(request, refusal=_MALFORMED)
    header, payload = (_json(part) for part in parts[:2])
    if header is None:
        return Checked(request, refusal="Jwt header is an invalid Base64url encoded")
    if payload is None:
        return Checked(request, refusal="Jwt payload is an invalid Base64url encoded")
    of_issuer = [each for each in rules if str(each.get("issuer")) == str(payload.get("iss"))]
    chosen = rule if rule in of_issuer else next(iter(of_issuer), None)
    if chosen is None:
        return Checked(request, refusal="Jwt issuer is not configured")
    if refusal := _refusal(chosen, parts, header, payload, now):
        return Checked(request, refusal=refusal)
    return _taken(request, [chosen], payload)


def _refusal(
    rule: Mapping[str, Any], parts: list[str], header: Mapping[str, Any], payload: Mapping[str, Any], now: float
) -> str:
    if isinstance(expiry := payload.get("exp"), int | float) and expiry < now:
        return "Jwt is expired"
    if isinstance(start := payload.get("nbf"), int | float) and start > now:
        return "Jwt not yet valid"
    audiences, given = as_list(rule.get("audiences")), payload.get("aud")
    if audiences and not set(audiences) & set(as_list(given) if isinstance(given, list) else [given]):
        return "Audiences in Jwt are not allowed"
    if not rule.get("jwks"):
        address = rule.get("jwksUri") or "its own address"
        raise UndecidedError(f"the keys of issuer {rule.get('issuer')} are at {address}")
    keys = as_maps(as_map(json.loads(str(rule["jwks"]))).get("keys"))
    named = [key for key in keys if header.get("kid") in (None, key.get("kid"))]
    signed = f"{parts[0]}.{parts[1]}".encode()
    return "" if any(_verifies(key, str(header.get("alg")), signed, parts[2]) for key in named) else (
        "Jwt verification fails"
    )  # fmt: skip


def _verifies(key: Mapping[str, Any], algorithm: str, signed: bytes, signature: str) -> bool:
    if algorithm not in _HASHES:
        raise UndecidedError(f"a signature with {algorithm} is not verified here")
    digest = _HASHES[algorithm]
    given = _bytes(signature)
    if given is None:
        return False
    if algorithm.startswith("HS"):
        secret = _bytes(str(key.get("k", "")))
        return secret is not None and hmac.compare_digest(hmac.new(secret, signed, digest).digest(), given)
    modulus, exponent = (int.from_bytes(_bytes(str(key.get(part, ""))) or b"") for part in ("n", "e"))
    size = (modulus.bit_length() + 7) // 8
    if not modulus or len(given) != size:
        return False
    wanted = _PREFIXES[digest] + hashlib.new(digest, signed).digest()
    padded = b"\x00\x01" + b"\xff" * (size - len(wanted) - 3) + b"\x00" + wanted
    return pow(int.from_bytes(given), exponent, modulus).to_bytes(size) == padded


def _taken(request: Request, rules: list[Mapping[str, Any]], claims: Mapping[str, Any]) -> Checked:
    headers = dict(request.headers)
    for rule in rules:
        if not rule.get("forwardOriginalToken") and not rule.get("fromHeaders") and not rule.get("fromParams"):
            headers.pop("authorization", None)
        for each in as_maps(rule.get("outputClaimToHeaders")):
            value: Any = claims
            for key in str(each.get("claim", "")).split("."):
                value = as_map(value).get(key)
            if value is not None:
                headers[str(each.get("header", "")).lower()] = str(value)
        if name := rule.get("outputPayloadToHeader"):
            headers[str(name).lower()] = b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return Checked(request.changed(headers=headers), claims)


def _written_headers(rule: Mapping[str, Any]) -> Iterator[str]:
    yield from (str(each.get("header", "")).lower() for each in as_maps(rule.get("outputClaimToHeaders")))
    if name := rule.get("outputPayloadToHeader"):
        yield str(name).lower()


def _bytes(text: str) -> bytes | None:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None


def _json(part: str) -> dict[str, Any] | None:
    try:
        return as_map(json.loads(_bytes(part) or b"")) or None
    except ValueError:
        return None
