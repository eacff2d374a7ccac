"""What would a stack file say of a route that exists? The section of an HTTPRoute or a route for connections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fairlead_mesh.drafts.said import UnsaidError, part
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps

Draft = dict[str, Any]
Destination = tuple[str, str]
"""Host and subset."""
VersionOf = Callable[[Destination], str]
"""Name of the version that a destination is; empty for the app's Service as a whole."""

_ALIKE = ("name", "timeout", "headers", "rewrite", "redirect", "corsPolicy")
_CONDITIONS = ("uri", "port", "headers", "withoutHeaders", "queryParams")
_WHOLE = 100
PROTOCOLS = {"http": "HTTP", "tls": "TLS", "tcp": "TCP"}
"""Key of a VirtualService -> what the stack file calls it."""


def route_draft(route: Mapping[str, Any], version_of: VersionOf) -> Draft:
    """The section of one HTTPRoute. Raises UnsaidError."""
    more = ("match", "route", "directResponse", "delegate", "retries", "fault", "mirror", "mirrorPercentage")
    said = part(route, *_ALIKE, *more)
    found: Draft = {key: said[key] for key in _ALIKE if key in said}
    if "match" in said:
        found["match"] = [_match(each) for each in as_maps(said["match"])]
    found |= weights_draft(said.get("route"), version_of)
    if "directResponse" in said:
        answer = part(said["directResponse"], "status", "body")
        body = part(answer.get("body") or {}, "string").get("string")
        found["directResponse"] = {"status": answer.get("status")} | ({"body": body} if body else {})
    if "delegate" in said:
        found["delegate"] = said["delegate"]
    if "retries" in said:
        found["retries"] = _retries(said["retries"])
    if "fault" in said:
        found["fault"] = {kind: _of_a_part(each) for kind, each in part(said["fault"], "delay", "abort").items()}
    if "mirror" in said:
        found["mirror"] = _mirror(said, version_of)
    return found


def weights_draft(destinations: Any, version_of: VersionOf) -> Draft:
    """The weights of a route; none where one Service gets all of its requests."""
    shares: dict[str, int] = {}
    listed = [part(each, "destination", "weight") for each in as_maps(destinations)]
    for each in listed:
        version = version_of(destination_of(each.get("destination")))
        if not version and len(listed) == 1:
            return {}
        if not version or version in shares:
            raise UnsaidError("route")
        shares[version] = int(each.get("weight", 0 if len(listed) > 1 else _WHOLE))
    if len(listed) == 1:
        shares = dict.fromkeys(shares, _WHOLE)
    return {"weights": shares} if shares else {}


def destination_of(destination: Any) -> Destination:
    """Host and subset."""
    said = part(as_map(destination), "host", "subset", "port")
    return str(said.get("host", "")), str(said.get("subset", ""))


def destinations_in(routes: Any) -> list[dict[str, Any]]:
    """Every destination of some routes, mirrors too."""
    found = [as_map(each.get("destination")) for route in as_maps(routes) for each in as_maps(route.get("route"))]
    return found + [as_map(route["mirror"]) for route in as_maps(routes) if route.get("mirror")]


def _match(match: Mapping[str, Any]) -> Draft:
    said = part(match, *_CONDITIONS, "method")
    method = part(said.pop("method", {}), "exact")
    return said | ({"method": method["exact"]} if method else {})


def _retries(retries: Any) -> Draft:
    said = dict(as_map(retries))
    conditions = [each.strip() for each in str(said.pop("retryOn", "")).split(",") if each.strip()]
    return said | ({"retryOn": conditions} if conditions else {})


def _of_a_part(fault: Any) -> Draft:
    said = dict(as_map(fault))
    return {"percentage": _percent(said.pop("percentage", None)), **said}


def _mirror(said: Mapping[str, Any], version_of: VersionOf) -> Draft:
    version = version_of(destination_of(said["mirror"]))
    if not version:
        raise UnsaidError("mirror")
    return {"version": version, "percentage": _percent(said.get("mirrorPercentage"))}


def _percent(said: Any) -> int:
    """A whole number; where nothing is said, all of it."""
    value = as_map(said).get("value", _WHOLE) if said else _WHOLE
    if int(value) != value:
        raise UnsaidError("percentage")
    return int(value)


def connection_draft(route: Mapping[str, Any], version_of: VersionOf) -> Draft:
    """The section of one route for TCP or TLS connections. Raises UnsaidError."""
    said = part(route, "match", "route")
    ports = [part(each, "port", "sniHosts").get("port") for each in as_maps(said.get("match"))]
    match = [{"port": port} for port in ports if port]
    return ({"match": match} if match else {}) | weights_draft(as_list(said.get("route")), version_of)
