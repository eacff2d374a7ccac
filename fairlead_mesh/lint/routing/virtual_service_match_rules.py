"""Can a request ever fit? The conditions of a VirtualService's HTTP routes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.keys.re2 import complaint
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.virtual_service import gateway_key, gateways, is_on_mesh, routes, strings
from fairlead_mesh.model.virtual_service import virtual_services as all_of

_PARTS = ("uri", "scheme", "method", "authority")
_NAMED_PARTS = ("headers", "withoutHeaders", "queryParams")
_WAYS = ("exact", "prefix", "regex")
_HEADER = re.compile(r"[!#$%&'*+\-.^_`|~A-Za-z0-9]+")
_PSEUDO_HEADERS = (":method", ":scheme", ":authority", ":path", ":status")
_CLAIMS = "@request.auth.claims"
_HTTP_ONLY = ("http",)


def _matches(graph: Graph) -> Iterator[tuple[Item, Path, dict[str, Any]]]:
    for item in all_of(graph):
        for route, _ in routes(item, *_HTTP_ONLY):
            for place, match in item.maps(*route, "match"):
                yield item, place, match


def _conditions(match: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each string condition of a match, with its path from there."""
    for part in _PARTS:
        if isinstance(match.get(part), dict):
            yield (part,), match[part]
    for part in _NAMED_PARTS:
        for name, condition in as_map(match.get(part)).items():
            if isinstance(condition, dict):
                yield (part, name), condition


def _header_names(match: dict[str, Any]) -> list[tuple[str, str]]:
    """Each header that a match looks at, with the part that names it."""
    return [(part, str(name)) for part in ("headers", "withoutHeaders") for name in as_map(match.get(part))]


@object_rule("webhook")
def regexes_are_re2(graph: Graph) -> Iterator[Hit]:
    """Envoy uses RE2, without lookaround and backreferences: istiod rejects a regex that RE2 cannot parse."""
    for item, place, match in _matches(graph):
        for path, condition in _conditions(match):
            regex = condition.get("regex")
            everything = path[0] == "withoutHeaders" and regex == "*"
            if isinstance(regex, str) and not everything and (reason := complaint(regex)):
                yield _not_re2(item, (*place, *path, "regex"), reason)
    for item in all_of(graph):
        for route, _ in routes(item, *_HTTP_ONLY):
            rewrites = (*route, "rewrite", "uriRegexRewrite", "match")
            origins = [(*origin, "regex") for origin, _ in item.maps(*route, "corsPolicy", "allowOrigins")]
            for path in (rewrites, *origins):
                regex = item.get(*path)
                if isinstance(regex, str) and regex and (reason := complaint(regex)):
                    yield _not_re2(item, path, reason)


def _not_re2(item: Item, path: Path, reason: str) -> Hit:
    message = f"{reason}; istiod's webhook rejects the whole VirtualService"
    return item.hit(path, message, "use RE2 syntax (github.com/google/re2/wiki/Syntax), or match by exact or prefix")


@object_rule("webhook")
def conditions_match_in_one_way(graph: Graph) -> Iterator[Hit]:
    """A string is matched by exact, prefix or regex: by one of the three, and not by an empty prefix."""
    for item, place, match in _matches(graph):
        for path, condition in _conditions(match):
            ways = [way for way in _WAYS if way in condition]
            if len(ways) > 1:
                message = f"both {' and '.join(ways)}; the API server rejects the object"
                yield item.hit((*place, *path, ways[1]), message, f"keep one of {' and '.join(ways)}")
            elif ways == ["prefix"] and condition["prefix"] == "" and path != ("uri",):
                message = "an empty prefix; istiod's webhook rejects the whole VirtualService"
                remedy = "remove the condition, or write a prefix"
                yield item.hit((*place, *path, "prefix"), message, remedy)


@object_rule()
def paths_begin_with_a_slash(graph: Graph) -> Iterator[Hit]:
    """A request's path begins with `/`, so a match on a path that does not never matches."""
    for item, place, match in _matches(graph):
        uri = as_map(match.get("uri"))
        for way in ("exact", "prefix"):
            value = uri.get(way)
            if isinstance(value, str) and value and not value.startswith("/") and (way, value) != ("exact", "*"):
                wild = value.startswith("*")
                remedy = "write regex for a pattern, or prefix: /" if wild else f"write {way}: /{value}"
                message = "every path begins with a slash, so no request ever matches this route"
                yield item.hit((*place, "uri", way), message, remedy)


@object_rule("webhook")
def header_conditions_name_headers(graph: Graph) -> Iterator[Hit]:
    """A header match has a valid header name: istiod rejects spaces and other characters in it."""
    for item, place, match in _matches(graph):
        for part, name in _header_names(match):
            known = name in _PSEUDO_HEADERS or name.startswith(_CLAIMS)
            if not known and not _HEADER.fullmatch(name):
                message = "not a valid header name; istiod's webhook rejects the whole VirtualService"
                yield item.hit((*place, part, name), message, "write the header's name alone, such as x-canary")


@object_rule("webhook")
def claims_are_matched_at_gateways(graph: Graph) -> Iterator[Hit]:
    """Only a gateway can route by JWT claims: istiod rejects such a match for sidecars."""
    for item, place, match in _matches(graph):
        for part, name in _header_names(match) if is_on_mesh(item) else ():
            if name.startswith(_CLAIMS):
                message = "sidecars cannot route by claims; istiod's webhook rejects the whole VirtualService"
                yield item.hit((*place, part, name), message, "use a gateway only, without mesh")


@object_rule(severity="warning")
def matched_gateways_are_bound(graph: Graph) -> Iterator[Hit]:
    """A match names gateways of its VirtualService: for any other gateway it is never used."""
    for item in all_of(graph):
        bound = gateways(item)
        for route, _ in routes(item):
            for place, _ in item.maps(*route, "match"):
                for path, name in strings(item, *place, "gateways"):
                    if gateway_key(name, item.namespace) not in bound:
                        message = f"the VirtualService applies to {', '.join(bound)} only, so this never matches"
                        yield item.hit(path, message, f"add {name} to spec.gateways, or name one of them")
