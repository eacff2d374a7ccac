"""Which token makes a request one of a class? Those of the command line, by the claims that stand in them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from fairlead.terminal.errors import UserError
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.traffic.explanation import explanation
from fairlead_mesh.model.traffic.mesh import Mesh

_PARTS = 3


def claims_of(token: str) -> Mapping[str, Any]:
    """What a signed token says; the signature is the proxies' to judge. Raises UserError."""
    parts = token.split(".")
    try:
        said = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError):
        said = None
    if len(parts) != _PARTS or not isinstance(said, dict):
        raise UserError("--token: this is not a signed token (JWT).", "Give its three parts, apart by dots.")
    return as_map(said)


def token_for(mesh: Mesh, request: Request, tokens: Sequence[str]) -> str:
    """A token with which the model says the same of a request as with the claims of its class; empty for none."""
    if request.claims is None:
        return ""
    wanted = [(each.in_words, round(each.share, 6)) for each in explanation(mesh, request).outcomes]
    for token in tokens:
        claims = claims_of(token)
        found = explanation(mesh, request.changed(claims=claims)).outcomes
        same = claims.get("iss") == request.claims.get("iss")
        if same and [(each.in_words, round(each.share, 6)) for each in found] == wanted:
            return token
    return ""
