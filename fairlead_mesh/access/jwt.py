"""Whose tokens does an app accept? Its key `jwt`."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from fairlead_mesh.keys.scalars import HeaderName, NonEmpty, Url
from fairlead_mesh.keys.section import Section, given
from fairlead_mesh.keys.together import exactly_one


class Jwt(Section):
    """Tokens (JWT) of end users, and whether a request needs one."""

    together = (
        exactly_one(
            "jwksUri", "jwks", what="say where the keys of the issuer are: jwksUri, or jwks with the key set itself"
        ),
    )

    issuer: NonEmpty
    """Value of `iss` in the tokens, such as https://accounts.example.com."""
    jwks_uri: Url | None = None
    """URL of the issuer's key set, such as https://accounts.example.com/jwks.json; istiod and proxies fetch it."""
    jwks: NonEmpty | None = None
    """The key set itself, as JSON: {"keys": [...]}."""
    audiences: list[NonEmpty] = Field(default_factory=list[str])
    """Audiences, one of which a token must have; defaults to any."""
    required: bool = True
    """Whether a request without a token is rejected; a wrong token always is."""
    forward: bool = False
    """Whether the app gets the token too."""
    from_headers: list[HeaderName] = Field(default_factory=list[str])
    """Headers that hold the token, such as x-token; defaults to `Authorization: Bearer`."""
    from_params: list[NonEmpty] = Field(default_factory=list[str])
    """Query parameters that hold the token."""
    claims_to_headers: dict[HeaderName, NonEmpty] = Field(default_factory=dict[str, str])
    """Headers that the app gets with claims of the token, such as `x-user: sub`."""


def jwt_rule(jwt: Jwt) -> dict[str, Any]:
    """The rule of a RequestAuthentication."""
    return given(
        issuer=jwt.issuer,
        jwksUri=jwt.jwks_uri,
        jwks=jwt.jwks,
        audiences=jwt.audiences,
        forwardOriginalToken=jwt.forward or None,
        fromHeaders=[{"name": name} for name in jwt.from_headers],
        fromParams=jwt.from_params,
        outputClaimToHeaders=[{"header": name, "claim": claim} for name, claim in jwt.claims_to_headers.items()],
    )
