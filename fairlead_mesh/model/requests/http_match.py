"""Does a request meet a match of a VirtualService's HTTP route, and if not, why?

Source: pilot/pkg/networking/core/route/route.go in istio/istio (translateRouteMatch), and Envoy's route matching.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_list, as_map
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.requests.string_match import in_words, matches, means_present
from fairlead_mesh.model.virtual_service import MESH, gateway_key

_CLAIMS = "@request.auth.claims"
_PLACES = ("gateways", "port", "sourceLabels", "sourceNamespace")
_PARTS = {"uri": "path", "scheme": "scheme", "method": "method", "authority": "authority"}


@dataclass(frozen=True)
class At:
    """Where a request is routed: at a gateway (`namespace/name`, or `mesh`), on a port, by a proxy with these labels in
    this namespace. `claims` are those of the caller's valid token."""

    gateway: str
    port: int
    namespace: str
    labels: Mapping[str, Any]
    claims: Mapping[str, Any] | None = None


def never(match: Mapping[str, Any], at: At, home: str) -> str | None:
    """Why no request there can meet a match, whatever it says: istiod leaves it out for such a proxy."""
    return next(_misplaced(match, at, home), None)


def why_not(match: Mapping[str, Any], request: Request, at: At, home: str) -> str | None:
    """The first condition that the request does not meet, in words; None where it meets all of them. `home` is the
    namespace of the VirtualService. Raises UndecidedError."""
    return next(_misses(match, request, at, home), None)


def in_place(match: Mapping[str, Any]) -> dict[str, Any]:
    """What a match asks of requests, once it is known that it holds where they are routed."""
    return {key: value for key, value in match.items() if key not in _PLACES}


def _misses(match: Mapping[str, Any], request: Request, at: At, home: str) -> Iterator[str]:
    yield from _misplaced(match, at, home)
    yield from _unlike(match, request, at)


def _misplaced(match: Mapping[str, Any], at: At, home: str) -> Iterator[str]:
    named = [gateway_key(str(each), home) for each in as_list(match.get("gateways"))]
    if named and at.gateway not in named:
        yield f"it is for {', '.join(named)}"
    if (port := match.get("port")) and port != at.port:
        yield f"port is {at.port}, must be {port}"
    if named:
        # istiod compares the source only where the match names no gateway.
        return
    who = "the client" if at.gateway == MESH else "the gateway"
    if (space := match.get("sourceNamespace")) and space != at.namespace:
        yield f"{who} is in namespace {at.namespace}, must be in {space}"
    labels = as_map(match.get("sourceLabels"))
    if not labels.items() <= at.labels.items():
        yield f"{who} does not have the labels {labels}"


def _unlike(match: Mapping[str, Any], request: Request, at: At) -> Iterator[str]:
    values = {"uri": request.bare_path, "scheme": request.scheme, "method": request.method,
              "authority": request.authority}  # fmt: skip
    for key, called in _PARTS.items():
        wanted = as_map(match.get(key))
        if wanted and not matches(wanted, values[key], ignore_case=key == "uri" and bool(match.get("ignoreUriCase"))):
            yield f"{called} is {values[key]}, must match {in_words(wanted)}"
    yield from _headers(match, request, at)
    for name, wanted in as_map(match.get("queryParams")).items():
        value = request.query.get(name)
        if value is None or not matches(as_map(wanted), value):
            yield f"query parameter {name} is {value or 'missing'}, must match {in_words(as_map(wanted))}"


def _headers(match: Mapping[str, Any], request: Request, at: At) -> Iterator[str]:
    for name, wanted in as_map(match.get("headers")).items():
        value = _claim(name, at) if name.startswith(_CLAIMS) else request.header(name)
        if not any(matches(as_map(wanted), each) for each in _each(value)):
            yield f"{_called(name)} is {'missing' if value is None else value}, must match {in_words(as_map(wanted))}"
    for name, unwanted in as_map(match.get("withoutHeaders")).items():
        value = _claim(name, at) if name.startswith(_CLAIMS) else request.header(name)
        if value is None and not name.startswith(_CLAIMS) and not means_present(as_map(unwanted)):
            value = ""  # Envoy compares a missing header as an empty one (treat_missing_header_as_empty)
        if any(matches(as_map(unwanted), each) for each in _each(value)):
            yield f"{_called(name)} is {value}, which withoutHeaders excludes: {in_words(as_map(unwanted))}"


def _called(name: str) -> str:
    return f"claim {name.removeprefix(_CLAIMS).strip('.[]')}" if name.startswith(_CLAIMS) else f"header {name}"


def _each(value: Any) -> list[str]:
    """The texts of a header or a claim: of a claim, numbers and the like meet nothing."""
    return [each for each in (as_list(value) if isinstance(value, list) else [value]) if isinstance(each, str)]


def _claim(name: str, at: At) -> Any:
    value: Any = at.claims
    for key in claim_path(name):
        value = as_map(value).get(key)
    return value


def claim_path(name: str) -> list[str]:
    """The keys of a claim that a match names, apart by dots or each in brackets (ToRoutingClaim in pkg/jwt)."""
    rest = name[len(_CLAIMS) :]
    return rest[1:].split(".") if rest.startswith(".") else rest.removeprefix("[").removesuffix("]").split("][")
