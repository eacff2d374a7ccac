"""What does a route in a proxy make of a request before an app gets it? As Envoy's router does it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fairlead.verify.echo import Echo
from fairlead.verify.envoy.envoy_config import Route
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.requests.request import UNKNOWN, Request


def rewritten_by(route: Route, request: Request) -> Echo:
    """The path, the host and the headers that the route makes; a value that only Envoy knows is UNKNOWN."""
    action = as_map(route.action.get("route"))
    headers = {"host": str(action.get("host_rewrite_literal") or request.authority), **request.headers}
    for name in as_list(route.action.get("request_headers_to_remove")):
        headers.pop(str(name).lower(), None)
    for each in as_maps(route.action.get("request_headers_to_add")):
        given = as_map(each.get("header"))
        value = str(given.get("value") or "")
        headers[str(given.get("key")).lower()] = UNKNOWN if "%" in value else value
    return Echo(headers, request.method, _path(route.match, action, request))


def _path(match: Mapping[str, Any], action: Mapping[str, Any], request: Request) -> str:
    bare, mark, query = request.path.partition("?")
    if pattern := as_map(action.get("regex_rewrite")):
        regex = str(as_map(pattern.get("pattern")).get("regex"))
        bare = re.sub(regex, str(pattern.get("substitution") or ""), bare)
    elif prefix := action.get("prefix_rewrite"):
        matched = match.get("prefix") or match.get("path") or match.get("path_separated_prefix") or ""
        bare = str(prefix) + bare[len(str(matched)) :]
    return bare + mark + query
