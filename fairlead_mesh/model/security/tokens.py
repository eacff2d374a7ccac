"""Is a caller's token taken? All RequestAuthentications that hold for the same pods, asked as Envoy asks them.

Sources: Istio's reference of RequestAuthentication, Envoy's jwt_authn filter (the texts of its refusals).
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.requests.codec import without_parameter
from fairlead_mesh.model.requests.request import UNKNOWN, Request
from fairlead_mesh.model.security.signatures import decoded, verifies
from fairlead_mesh.model.traffic.undecided import UndecidedError

_BEARER = "Bearer "
_BASE64 = re.compile(r"[A-Za-z0-9_-]*")
_NO_TOKEN = re.compile(r"[^A-Za-z0-9_.=+/-]")
OTHER_AUDIENCE = "Audiences in Jwt are not allowed"
"""The one refusal that is answered with 403."""
_OTHER_ISSUER = "Jwt issuer is not configured"
_SKEW = 60
"""Seconds that Envoy lets clocks differ."""
_SPLIT = ("scope", "permission")
"""Claims that Envoy reads as words between spaces (buildSpaceDelimitedClaims)."""
_MALFORMED = "Jwt is not in the form of Header.Payload.Signature with two dots and 3 sections"


@dataclass(frozen=True)
class Checked:
    """What becomes of a request: `refusal` is Envoy's text of the 401, `claims` those of a token that is taken."""

    request: Request
    claims: Mapping[str, Any] | None = None
    refusal: str = ""


def checked(request: Request, rules: Iterable[Mapping[str, Any]], now: float) -> Checked:
    """The request after all rules of the RequestAuthentications that hold; `now` in seconds since 1970.

    A token that one rule takes is enough; else each rule's must be valid or missing. A CORS preflight is not asked for
    one (convertToEnvoyJwtConfig in pilot/pkg/security/authn/policy_applier.go). Raises UndecidedError where the keys
    are not in the objects.
    """
    listed = list(rules)
    outgoing = {name for rule in listed for name in _written_headers(rule)}
    cleaned = request.changed(headers={key: value for key, value in request.headers.items() if key not in outgoing})
    if not listed or is_preflight(request):
        return Checked(cleaned, None)
    if request.claims is not None:
        issuer = str(request.claims.get("iss", ""))
        chosen = next((rule for rule in listed if str(rule.get("issuer")) == issuer), listed[0])
        return _taken(cleaned, chosen, request.claims, _Token("", "authorization"))
    refusals: list[str] = []
    for rule in listed:
        judged = [_judged(rule, token, now) for token in _tokens(request, rule)]
        refused = [refusal for _, refusal in judged if refusal]
        if judged and not refused:
            found = next(iter(_tokens(request, rule)))
            return _taken(cleaned, rule, judged[0][0], found)
        refusals += refused[-1:]  # Envoy asks the last token first, and stops where one is not taken
    known = [each for each in refusals if each != _OTHER_ISSUER]
    return Checked(cleaned, None, next(iter([*known, *refusals]), ""))


def is_preflight(request: Request) -> bool:
    """Whether a browser asks by it what it may ask."""
    headers = request.headers
    return request.method == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers


@dataclass(frozen=True)
class _Token:
    """A token, and the header or the parameter of the query that it stood in; empty for a cookie."""

    text: str
    header: str = ""
    param: str = ""


def _tokens(request: Request, rule: Mapping[str, Any]) -> Iterator[_Token]:
    """The tokens that a rule finds in a request; a rule that names no place looks where OAuth puts them."""
    headers = as_maps(rule.get("fromHeaders"))
    params, cookies = as_list(rule.get("fromParams")), as_list(rule.get("fromCookies"))
    if not (headers or params or cookies):
        headers, params = [{"name": "authorization", "prefix": _BEARER}], ["access_token"]
    for each in headers:
        name, prefix = str(each.get("name", "")).lower(), str(each.get("prefix") or "")
        _, found, rest = request.headers.get(name, "").partition(prefix) if prefix else ("", "", "")
        if found:
            yield _Token(_NO_TOKEN.split(rest, maxsplit=1)[0], name)
        elif not prefix and name in request.headers:
            yield _Token(request.headers[name], name)
    yield from (
        _Token(value, param=str(name)) for name in params if (value := request.query.get(str(name))) is not None
    )
    jar = (each.strip().partition("=") for each in request.headers.get("cookie", "").split(";"))
    sent = {name: value for name, _, value in jar}
    yield from (_Token(sent[name]) for name in map(str, cookies) if name in sent)


def _judged(rule: Mapping[str, Any], token: _Token, now: float) -> tuple[dict[str, Any], str]:
    """The claims of a token, and why the rule does not take it."""
    parts = token.text.split(".")
    if len(parts) != len(("header", "payload", "signature")):
        return {}, _MALFORMED
    header, payload = (_json(part) for part in parts[:2])
    for part, read in (("header", header), ("payload", payload)):
        if isinstance(read, str):
            return {}, f"Jwt {part} is an invalid {read}"
    header, payload = as_map(header), as_map(payload)
    if rule.get("issuer") and str(rule["issuer"]) != str(payload.get("iss")):
        return payload, _OTHER_ISSUER
    return payload, _refusal(rule, parts, header, payload, now)


def _refusal(
    rule: Mapping[str, Any], parts: list[str], header: Mapping[str, Any], payload: Mapping[str, Any], now: float
) -> str:
    if isinstance(expiry := payload.get("exp"), int | float) and expiry + _SKEW < now:
        return "Jwt is expired"
    if isinstance(start := payload.get("nbf"), int | float) and start - _SKEW > now:
        return "Jwt not yet valid"
    audiences, given = as_list(rule.get("audiences")), payload.get("aud")
    if audiences and not set(audiences) & set(as_list(given) if isinstance(given, list) else [given]):
        return OTHER_AUDIENCE
    if not rule.get("jwks"):
        address = rule.get("jwksUri") or "its own address"
        raise UndecidedError(f"the keys of issuer {rule.get('issuer')} are at {address}")
    keys = as_maps(as_map(json.loads(str(rule["jwks"]))).get("keys"))
    named = [key for key in keys if not (header.get("kid") and key.get("kid")) or header["kid"] == key["kid"]]
    named = [key for key in named if key.get("alg") in (None, header.get("alg"))]
    if not named:
        return "Jwks doesn't have key to match kid or alg from Jwt"
    signed = f"{parts[0]}.{parts[1]}".encode()
    return "" if any(verifies(key, str(header.get("alg")), signed, parts[2]) for key in named) else (
        "Jwt verification fails"
    )  # fmt: skip


def _taken(request: Request, rule: Mapping[str, Any], claims: Mapping[str, Any], token: _Token) -> Checked:
    headers = dict(request.headers)
    if not rule.get("forwardOriginalToken"):
        headers.pop(token.header, None)
        request = request.changed(path=without_parameter(request.path, token.param)) if token.param else request
    for each in as_maps(rule.get("outputClaimToHeaders")):
        value: Any = claims
        for key in str(each.get("claim", "")).split("."):
            value = as_map(value).get(key)
        if value is not None:
            headers[str(each.get("header", "")).lower()] = _claim_in_a_header(value)
    if name := rule.get("outputPayloadToHeader"):
        payload = token.text.split(".")[1:2] or [urlsafe_b64encode(json.dumps(claims).encode()).decode()]
        headers[str(name).lower()] = payload[0].rstrip("=")
    split = [*_SPLIT, *map(str, as_list(rule.get("spaceDelimitedClaims")))]
    apart = {key: value.split(" ") for key in split if isinstance(value := claims.get(key), str)}
    return Checked(request.changed(headers=headers), {**claims, **apart})


def _claim_in_a_header(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return UNKNOWN if isinstance(value, list | dict) else str(value)


def _written_headers(rule: Mapping[str, Any]) -> Iterator[str]:
    yield from (str(each.get("header", "")).lower() for each in as_maps(rule.get("outputClaimToHeaders")))
    if name := rule.get("outputPayloadToHeader"):
        yield str(name).lower()


def _json(part: str) -> dict[str, Any] | str:
    """What a part of a token says, or what it is not. Blanks do not count, as Envoy decodes it."""
    text = "".join(part.split())
    if not _BASE64.fullmatch(text) or len(text) % 4 == 1:
        return "Base64url encoded"
    try:
        return as_map(json.loads(decoded(text) or b"")) or "JSON"
    except ValueError:
        return "JSON"
