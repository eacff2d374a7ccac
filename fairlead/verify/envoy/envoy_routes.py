"""Which route would an Envoy take for a request? Its virtual hosts and routes, gone through as Envoy does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fairlead.verify.envoy.envoy_config import Route, RouteTable, VirtualHost
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.model.requests.request import Request

_CATCH_ALL = ("allow_any", "block_all")
"""Names of the virtual hosts that istiod ends each table with: what no Service has."""
_BLACKHOLE = "blackhole:"
"""How istiod names that of a gateway's port without routes (pilot/pkg/networking/core/gateway.go)."""


def virtual_host(table: RouteTable, authority: str) -> VirtualHost | None:
    """By its domains: the exact one, the longest `*.suffix`, the longest `prefix.*`, then `*` (Envoy, VirtualHost)."""
    name, colon, port = authority.lower().rpartition(":")
    asked = name if colon and port.isdigit() and table.ignores_port else authority.lower()
    best: tuple[int, int, VirtualHost] | None = None
    for host in table.hosts:
        for domain in host.domains:
            rank = _rank(domain.lower(), asked)
            if rank > 0 and (best is None or (rank, len(domain)) > best[:2]):
                best = rank, len(domain), host
    return best[2] if best else None


def _rank(domain: str, name: str) -> int:
    if domain == name:
        return 4
    if domain == "*":
        return 1
    if domain.startswith("*") and name.endswith(domain[1:]) and len(name) > len(domain) - 1:
        return 3
    return 2 if domain.endswith("*") and name.startswith(domain[:-1]) else 0


def is_catch_all(host: VirtualHost) -> bool:
    """Whether this only says what becomes of requests to unknown hosts."""
    return host.name in _CATCH_ALL or host.name.startswith(_BLACKHOLE)


def first_match(routes: Sequence[Route], request: Request) -> Route | None:
    """The route that is used; a condition that is not known here counts as met."""
    return next((each for each in routes if _matches(each.match, request)), None)


def _matches(match: Mapping[str, Any], request: Request) -> bool:
    if not _path_matches(match, request.bare_path):
        return False
    headers = all(_header_matches(each, request) for each in as_maps(match.get("headers")))
    return headers and all(_query_matches(each, request) for each in as_maps(match.get("query_parameters")))


def _path_matches(match: Mapping[str, Any], path: str) -> bool:
    given = path.lower() if match.get("case_sensitive") is False else path

    def said(key: str) -> str:
        text = str(match.get(key))
        return text.lower() if match.get("case_sensitive") is False else text

    if "prefix" in match:
        return given.startswith(said("prefix"))
    if "path" in match:
        return given == said("path")
    if "path_separated_prefix" in match:
        prefix = said("path_separated_prefix")
        return given == prefix or given.startswith(f"{prefix}/")
    if "safe_regex" in match:
        return _regex_matches(as_map(match.get("safe_regex")), path)
    return True


def _regex_matches(found: Mapping[str, Any], text: str) -> bool:
    try:
        return re.fullmatch(str(found.get("regex")), text) is not None
    except re.error:  # RE2 knows what Python does not
        return True


def _header_matches(matcher: Mapping[str, Any], request: Request) -> bool:
    name = str(matcher.get("name")).lower()
    own = {":method": request.method, ":authority": request.authority, ":path": request.path, ":scheme": request.scheme}
    value = own.get(name, request.authority if name == "host" else request.headers.get(name))
    inverted = matcher.get("invert_match") is True
    if "present_match" in matcher:
        return (value is not None) == (matcher.get("present_match") is not False) != inverted
    if value is None:
        # A header that lacks matches no value, and not the opposite of one either.
        if matcher.get("treat_missing_header_as_empty") is not True:
            return False
        value = ""
    return _text_matches(as_map(matcher.get("string_match")) or matcher, value) != inverted


def _query_matches(matcher: Mapping[str, Any], request: Request) -> bool:
    value = request.query.get(str(matcher.get("name")))
    if value is None:
        return False
    return "string_match" not in matcher or _text_matches(as_map(matcher.get("string_match")), value)


def _text_matches(matcher: Mapping[str, Any], value: str) -> bool:
    given, said = value, dict(matcher)
    if matcher.get("ignore_case") is True:
        given, said = value.lower(), {key: str(text).lower() for key, text in matcher.items()}
    for key, met in (
        ("exact", given.__eq__),
        ("prefix", given.startswith),
        ("suffix", given.endswith),
        ("contains", given.__contains__),
    ):
        for spelt in (key, f"{key}_match"):
            if spelt in said:
                return bool(met(str(said[spelt])))
    for spelt in ("safe_regex", "safe_regex_match"):
        if spelt in matcher:
            return _regex_matches(as_map(matcher.get(spelt)), value)
    return True
