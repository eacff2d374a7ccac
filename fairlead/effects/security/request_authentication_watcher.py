"""Which tokens are accepted, and from whom? The issuers of all RequestAuthentications together, on both sides.

A token of an issuer that no rule names, or one that its keys do not fit, ends with 401; a request without a token
passes unless an AuthorizationPolicy asks for one (Istio's reference of RequestAuthentication).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from fairlead.comparison.comparison import Comparison
from fairlead.effects.effect import Effect, Effects, Hurt, Kind
from fairlead.effects.security.policy_scopes import Policies, scopes
from fairlead.effects.telling import ends, together
from fairlead.effects.words import Wording, few, wording
from fairlead_mesh.model.security.issuers import jwt_rules

Issuers = Mapping[str, list[dict[str, Any]]]
"""Issuer -> the rules for its tokens."""

_WITHOUT = "requests without a token are still allowed unless an AuthorizationPolicy requires a JWT"
_UNCHECKED = (
    "policies that require a JWT then deny every request, and apps that rely on the proxy's validation have none"
)
_KEYS = "tokens in use must be signed with the new keys"
_HOW = ("forwardOriginalToken", "fromCookies", "fromHeaders", "fromParams", "outputClaimToHeaders")
Said = tuple[str, Hurt | None, str]


def watch(comparison: Comparison) -> Effects:
    """What changes for those who send tokens, once for the widest scope."""
    words = wording(comparison)
    said: dict[str, set[Said]] = defaultdict(set)
    found: list[Effect] = []
    for scope in scopes(comparison, "RequestAuthentication"):
        if scope.before is None or scope.after is None:
            continue
        known = {each for wider in scope.wider for each in said[wider]}
        for each in _changes(_issuers(scope.before), _issuers(scope.after), words):
            if each not in known:
                said[scope.subject].add(each)
                found.append(Effect(scope.subject, *each, Kind.TRAFFIC, about=scope.about))
    yield from together(found)


def _issuers(policies: Policies) -> Issuers:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for policy in policies:
        for rule in jwt_rules(policy):
            found[str(rule.get("issuer") or "anybody")].append(rule)
    return found


def _changes(old: Issuers, new: Issuers, words: Wording) -> Iterator[Said]:
    come, gone = sorted(set(new) - set(old)), sorted(set(old) - set(new))
    if come and not old:
        yield words.now(f"tokens are validated, and all but those of {few(come)} get 401"), Hurt.REFUSES, _WITHOUT
    elif come:
        yield words.now(f"tokens of {few(come)} are accepted{'' if gone else ' too'}"), Hurt.EXPOSES, ""
    if gone and not new:
        yield ends(words, "tokens", "are validated"), Hurt.EXPOSES, _UNCHECKED
    elif gone:
        yield words.now(f"tokens of {few(gone)} get 401"), Hurt.REFUSES, "check who still sends them"
    for issuer in sorted(set(old) & set(new)):
        yield from _of_issuer(issuer, old[issuer], new[issuer], words)


def _of_issuer(issuer: str, old: list[dict[str, Any]], new: list[dict[str, Any]], words: Wording) -> Iterator[Said]:
    if _shown(old, "jwksUri", "jwks") != _shown(new, "jwksUri", "jwks"):
        places = [" and ".join(sorted({_keys(rule) for rule in rules})) for rules in (old, new)]
        text = words.goes(f"the source of the keys of {issuer}", *places)
        other = places[0] != places[1]
        yield text if other else words.now(f"tokens of {issuer} must be signed with other keys"), Hurt.REFUSES, _KEYS
    was, now = _audiences(old), _audiences(new)
    if was != now:
        narrowed = bool(now) and (not was or now < was)
        text = words.instead(
            f"tokens of {issuer} are accepted for",
            *(few(sorted(each)) if each else "any audience" for each in (was, now)),
        )
        yield text, Hurt.REFUSES if narrowed else Hurt.EXPOSES, "tokens for another audience get 403"
    if _shown(old, *_HOW) != _shown(new, *_HOW):
        yield words.now(f"tokens of {issuer} are read or forwarded differently"), None, ""


def _shown(rules: list[dict[str, Any]], *keys: str) -> list[str]:
    picked = ({key: rule[key] for key in keys if rule.get(key)} for rule in rules)
    return sorted(json.dumps(each, sort_keys=True, default=str) for each in picked)


def _audiences(rules: list[dict[str, Any]]) -> set[str]:
    listed = [rule.get("audiences") for rule in rules]
    return {str(each) for names in listed if isinstance(names, list) for each in cast("list[Any]", names)}


def _keys(rule: Mapping[str, Any]) -> str:
    """Where the keys are, without what an address may hold besides."""
    uri = str(rule.get("jwksUri") or "")
    if not uri:
        return "the policy itself" if rule.get("jwks") else "the issuer's OpenID discovery"
    try:
        address = urlsplit(uri)
        return f"{address.scheme}://{address.hostname or ''}{address.path}"
    except ValueError:
        return "an invalid URL"
