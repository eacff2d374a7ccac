"""What is done to a request that a route takes? Rewrites, redirects, headers and CORS, as Envoy does them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.requests.string_match import matches, substituted

_DEFAULT_PORTS = {"http": 80, "https": 443}


def rewritten(request: Request, spec: Mapping[str, Any], match: Mapping[str, Any]) -> Request:
    """The request with the path and the authority that a route gives it; `match` is the one that took it."""
    rewrite = as_map(spec.get("rewrite"))
    path = request.path
    if pattern := as_map(rewrite.get("uriRegexRewrite")):
        bare, mark, query = path.partition("?")
        path = substituted(str(pattern.get("match")), str(pattern.get("rewrite") or ""), bare) + mark + query
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
    own_port = redirect.get("port") or (port if redirect.get("derivePort") == "FROM_REQUEST_PORT" else None)
    if own_port == _DEFAULT_PORTS.get(scheme):
        own_port = None  # istiod leaves the scheme's own port out, and Envoy then keeps the port of the Host header
    host = str(redirect.get("authority") or _asked_host(request, scheme, replaced=own_port is not None))
    path = request.path
    if prefix := redirect.get("prefixRewrite"):
        path = with_prefix(request, str(prefix), match)
    elif uri := redirect.get("uri"):
        query = "" if "?" in str(uri) else "".join(request.path.partition("?")[1:])
        path = ("" if str(uri).startswith("/") else "/") + str(uri) + query
    return f"{scheme}://{host}{'' if own_port is None else f':{own_port}'}{path}"


def _asked_host(request: Request, scheme: str, *, replaced: bool) -> str:
    """The Host header in a redirect: without its port where another is set, or where it was the old scheme's own."""
    name, colon, given = request.authority.rpartition(":")
    if not (colon and given.isdigit()):
        return request.authority
    usual = scheme != request.scheme and int(given) == _DEFAULT_PORTS.get(request.scheme)
    return name if replaced or usual else request.authority


def is_answered_here(spec: Mapping[str, Any]) -> bool:
    """Whether the proxy itself answers what a route takes: a redirect or a direct response."""
    return bool(as_map(spec.get("redirect")) or as_map(spec.get("directResponse")))


def cors(request: Request, policy: Mapping[str, Any]) -> tuple[bool, dict[str, str]]:
    """Whether the proxy answers the request itself as a preflight, and the headers that the answer gets."""
    origin = request.headers.get("origin")
    allowed = as_maps(policy.get("allowOrigins"))
    preflight = request.method == "OPTIONS" and "access-control-request-method" in request.headers
    if not origin:
        return False, {}
    if not any(matches(each, "*") or matches(each, origin) for each in allowed):  # as Envoy's CORS filter asks
        # forwardNotMatchingPreflights in route.go: the route takes a preflight of others, unless they are ignored.
        return preflight and policy.get("unmatchedPreflights") == "IGNORE", {}
    headers = {"access-control-allow-origin": origin}
    if policy.get("allowCredentials"):
        headers["access-control-allow-credentials"] = "true"
    if not preflight:
        exposed = as_list(policy.get("exposeHeaders"))
        return False, headers | ({"access-control-expose-headers": ",".join(map(str, exposed))} if exposed else {})
    for key, name in (("allowMethods", "methods"), ("allowHeaders", "headers")):
        if listed := as_list(policy.get(key)):
            headers[f"access-control-allow-{name}"] = ",".join(map(str, listed))
    if age := policy.get("maxAge"):
        headers["access-control-max-age"] = str(int(seconds(age)))
    return True, headers


def seconds(duration: Any) -> float:
    """The seconds of a duration as Istio writes it: `1.5s`, `1m30s`, `200ms`."""
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "us": 1e-6, "ns": 1e-9}
    return sum(float(number) * units[unit] for number, unit in re.findall(r"([\d.]+)(ms|us|ns|h|m|s)", str(duration)))


def percentage(spec: Mapping[str, Any], default: float = 0.0) -> float:
    """The share of requests, of 1, that a fault or a mirror is for; `default` where it says no percentage."""
    share = spec.get("percentage")
    value = default * 100 if share is None else as_map(share).get("value", 0)
    return min(max(float(value), 0.0), 100.0) / 100 if isinstance(value, int | float) else 0.0
