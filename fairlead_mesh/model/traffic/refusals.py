"""What does a proxy answer to a request that it does not let through? 400, 401 or 403, before any route is followed.

Sources: Envoy's jwt_authn and RBAC filters, and Grpc::Common and Grpc::Utility for clients that speak gRPC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.model.requests.codec import BAD_REQUEST, unreadable
from fairlead_mesh.model.requests.handling import is_answered_here
from fairlead_mesh.model.requests.header_operations import operated
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.security.tokens import OTHER_AUDIENCE
from fairlead_mesh.model.traffic.http_routes import Routes
from fairlead_mesh.model.traffic.mesh import Mesh
from fairlead_mesh.model.traffic.outcome import Outcome, Step, shared
from fairlead_mesh.model.traffic.route_choice import Place, first_route, weights

DENIED = "RBAC: access denied"
_LONGEST_PATH = 256
_GRPC = "application/grpc"
_OK, _UNKNOWN = 200, 2
_PRINTED = "".join(map(chr, range(0x20, 0x7F))).replace("%", "")
_GRPC_STATUSES = {400: 13, 401: 16, 403: 7, 404: 12, 429: 14, 502: 14, 503: 14, 504: 14}
"""HTTP status -> that of gRPC (Grpc::Utility::httpToGrpcStatus)."""


def unread(mesh: Mesh, request: Request) -> Outcome | None:
    """The end of a request that a proxy does not accept as HTTP."""
    found = unreadable(request, mesh.path_normalisation)
    return Outcome(status=400, body=found[1], steps=(Step(f"400: {found[0]}"),)) if found else None


def unauthenticated(request: Request, refusal: str) -> Outcome:
    """401, or 403 for one that is meant for others, as Envoy answers where a token is not taken."""
    realm = f"{request.scheme}://{request.authority}{request.path[:_LONGEST_PATH]}"
    status = 403 if refusal == OTHER_AUDIENCE else 401
    header = {"www-authenticate": f'Bearer realm="{realm}", error="invalid_token"'}
    return Outcome(status=status, body=refusal, answer=header, steps=(Step(f"the token is rejected: {refusal}"),))


def denied_by(policy: Item | None, reason: str) -> Step:
    """That a policy rejects a call."""
    name = f"AuthorizationPolicy {policy.namespace}/{policy.name}" if policy else "a policy"
    return Step(f"403 by {name}: {reason}", policy)


def with_headers_of_route(place: Place, routes: Routes, outcome: Outcome) -> list[Outcome]:
    """A refusal with the headers that the route of such a request gives to every answer, also of filters before it
    (prepareLocalReplyViaFilterChain in Envoy's filter_manager.cc); those of redirects and direct responses do not."""
    found = first_route(place, routes)
    if found is None or is_answered_here(found[0].spec):
        return [outcome]
    listed = as_maps(found[0].spec.get("route"))
    general = _of_answers(found[0].spec)
    ends: list[Outcome] = []
    for each, weight in zip(listed, weights(listed), strict=True):
        given = operated({}, general, _of_answers(each), place.request, alone=len(listed) == 1)
        ends += shared([replace(outcome, answer={**given, **outcome.answer})], weight) if weight else ()
    return ends or [outcome]


def _of_answers(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    return as_map(as_map(holder.get("headers")).get("response"))


def as_grpc(request: Request, outcome: Outcome) -> Outcome:
    """The same end as a client of gRPC gets it: what a proxy itself answers is 200 with the status of gRPC."""
    kind = request.headers.get("content-type", "")
    if outcome.status is None or outcome.answered or not (kind == _GRPC or kind.startswith(f"{_GRPC}+")):
        return outcome
    if outcome.body == BAD_REQUEST:
        return outcome  # nothing of the request was read
    answer = {**outcome.answer, "grpc-status": str(_GRPC_STATUSES.get(outcome.status, _UNKNOWN))}
    if outcome.body:
        answer["grpc-message"] = quote(outcome.body, safe=_PRINTED)
    return replace(outcome, status=_OK, body="", answer=answer)
