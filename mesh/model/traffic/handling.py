"""What is done to a request that a route takes? Rewrites, redirects, headers and CORS, as Envoy does them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mesh.model.traffic.request import Request
from mesh.model.traffic.string_match import matches
from mesh.model.yaml_values import as_list, as_map, as_maps

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOSTS = ("host", ":authority")


def rewritten(request: Request, spec: Mapping[str, Any], match: Mapping[str, Any]) -> Request:
    """The request with the path and the authority that a route gives it; `match` is the one that took it."""
    rewrite = as_map(spec.get("rewrite"))
    path = request.path
    if pattern := as_map(rewrite.get("uriRegexRewrite")):
        bare, mark, query = path.partition("?")
        path = re.sub(str(pattern.get("match")), str(pattern.get("rewrite") or ""), bare) + mark + query
    elif uri := rewrite.get("uri"):
        path = with_prefix(request, str(uri), match)
    return request.changed(path=path, authority=str(rewrite.get("authority") or request.authority))


def with_prefix(request: Request, uri: str, match: Mapping[str, Any]) -> str:
    """The path with `uri` for what the match names: its prefix, or the whole path; without a match, the first slash."""
    wanted = as_map(match.get("uri"))
    bare, mark, query = request.path.partition("?")
    if wanted.get("exact") or wanted.get("regex"):
        return uri + mark + query
    return uri + bare[len(str(wanted.get("prefix") or "/")) :] + mark + query


def location(request: Request, redirect: Mapping[str, Any], match: Mapping[str, Any], port: int) -> str:
    """Where a redirect leads; `port` is the one that the proxy listens on."""
    scheme = str(redirect.get("scheme") or request.scheme)
    name, colon, given = request.authority.rpartition(":")
    host, own_port = (name, int(given)) if colon and given.isdigit() else (request.authority, None)
    if authority := redirect.get("authority"):
        host, own_port = str(authority), None
    if number := redirect.get("port"):
        own_port = int(number)
    elif redirect.get("derivePort") == "FROM_REQUEST_PORT":
        own_port = port
    elif redirect.get("derivePort") == "FROM_PROTOCOL_DEFAULT":
        own_port = _DEFAULT_PORTS.get(scheme)
    elif scheme != request.scheme and own_port == _DEFAULT_PORTS.get(request.scheme):
        own_port = None
    path = request.path
    if uri := redirect.get("uri"):
        if str(uri).startswith("%PREFIX()%"):
            path = with_prefix(request, str(uri).removeprefix("%PREFIX()%"), match)
        else:
            query = "" if "?" in str(uri) else "".join(request.path.partition("?")[1:])
            path = str(uri) + query
    return f"{scheme}://{host}{_port(own_port, scheme, redirect)}{path}"


def _port(port: int | None, scheme: str, redirect: Mapping[str, Any]) -> str:
    set_by_hand = redirect.get("port") or redirect.get("derivePort")
    return "" if port is None or (set_by_hand and port == _DEFAULT_PORTS.get(scheme)) else f":{port}"


def with_headers(request: Request, *operations: Mapping[str, Any]) -> Request:
    """The request after these header operations (`set`, `add`, `remove`), one after the other."""
    headers, authority = dict(request.headers), request.authority
    for operation in operations:
        changed = applied(headers, operation)
        authority = next((changed.pop(name) for name in _HOSTS if name in changed), authority)
        headers = changed
    return request.changed(headers=headers, authority=authority)


def applied(headers: Mapping[str, str], operation: Mapping[str, Any]) -> dict[str, str]:
    """The headers after one operation: first it removes, then an added value stands behind those that are there."""
    removed = {str(name).lower() for name in as_list(operation.get("remove"))}
    found = {name: value for name, value in headers.items() if name not in removed}
    for name, value in as_map(operation.get("add")).items():
        key = str(name).lower()
        found[key] = f"{found[key]}, {value}" if key in found else str(value)
    for name, value in as_map(operation.get("set")).items():
        found[str(name).lower()] = str(value)
    return found


def cors(request: Request, policy: Mapping[str, Any]) -> tuple[bool, dict[str, str]]:
    """Whether the proxy answers the request itself as a preflight, and the headers that the answer gets."""
    origin = request.headers.get("origin")
    allowed = [*as_maps(policy.get("allowOrigins")), *({"exact": each} for each in as_list(policy.get("allowOrigin")))]
    if origin is None or not any(each.get("exact") == "*" or matches(each, origin) for each in allowed):
        return False, {}
    headers = {"access-control-allow-origin": origin}
    if policy.get("allowCredentials"):
        headers["access-control-allow-credentials"] = "true"
    if request.method != "OPTIONS" or "access-control-request-method" not in request.headers:
        exposed = as_list(policy.get("exposeHeaders"))
        return False, headers | ({"access-control-expose-headers": ",".join(map(str, exposed))} if exposed else {})
    for key, name in (("allowMethods", "methods"), ("allowHeaders", "headers")):
        if listed := as_list(policy.get(key)):
            headers[f"access-control-allow-{name}"] = ",".join(map(str, listed))
    if age := policy.get("maxAge"):
        headers["access-control-max-age"] = f"{seconds(age):g}"
    return True, headers


def seconds(duration: Any) -> float:
    """The seconds of a duration as Istio writes it: `1.5s`, `1m30s`, `200ms`."""
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "us": 1e-6, "ns": 1e-9}
    return sum(float(number) * units[unit] for number, unit in re.findall(r"([\d.]+)(ms|us|ns|h|m|s)", str(duration)))


def percentage(fault: Mapping[str, Any]) -> float:
    """The share of requests, of 1, that a fault meets: of the old form `percent` too; none where no share is said."""
    value = as_map(fault.get("percentage")).get("value", fault.get("percent", 0))
    return min(max(float(value), 0.0), 100.0) / 100 if isinstance(value, int | float) else 0.0
