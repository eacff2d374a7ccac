"""Which HTTP routes does a VirtualService have, with those of its delegates in their places?

Sources: pilot/pkg/model/virtualservice.go, pilot/pkg/networking/core/route/route.go in istio/istio. A delegate's match
narrows the root's, and its route inherits what only the root's says; each is resolved in its own namespace before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from fairlead_mesh.findings import Path
from fairlead_mesh.model.graph import Graph, full_host
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.requests.http_match import At, in_place, never
from fairlead_mesh.model.requests.string_match import contradict
from fairlead_mesh.model.route_settings import modern
from fairlead_mesh.model.virtual_service import EVERY_NAMESPACE, gateway_key, seen_from

_INHERITED = (
    *("rewrite", "timeout", "retries", "fault", "mirror", "mirrorPercent", "mirrorPercentage", "corsPolicy"),
    *("headers", "mirrors"),
)
_STRINGS = ("uri", "scheme", "method", "authority")
_MAPS = ("headers", "withoutHeaders", "queryParams", "sourceLabels")
_OF_REQUESTS = ("headers", "withoutHeaders", "queryParams", "method", "scheme", "authority")


@dataclass(frozen=True, eq=False)
class HttpRoute:
    """A route as it counts: `matches` is empty where it takes every request; `item` and `path` say where it stands."""

    item: Item
    path: Path
    spec: Mapping[str, Any]
    matches: tuple[Mapping[str, Any], ...]

    @property
    def name(self) -> str:
        return f"VirtualService {self.item.namespace}/{self.item.name} {self.path[1]}[{self.path[2]}]"

    @property
    def takes_everything(self) -> bool:
        """Whether Envoy has it for a catch-all: no match, or one that says no more than that the path begins with /."""
        return not self.matches or any(_is_open(match) for match in self.matches)


@dataclass(frozen=True, eq=False)
class Routes:
    """Routes in their order, found by the path of a request, so that of a thousand few are looked at."""

    listed: tuple[HttpRoute, ...]

    def for_path(self, path: str) -> list[HttpRoute]:
        """Those that can take a request with this path, as far as paths say."""
        exact, prefixes, others = self._by_path
        found = {*others, *exact.get(path, ())}
        for length in range(len(path) + 1) if prefixes else ():
            found.update(prefixes.get(path[:length], ()))
        return [self.listed[number] for number in sorted(found)]

    @cached_property
    def _by_path(self) -> tuple[dict[str, list[int]], dict[str, list[int]], list[int]]:
        exact: dict[str, list[int]] = defaultdict(list)
        prefixes: dict[str, list[int]] = defaultdict(list)
        others: list[int] = []
        for number, route in enumerate(self.listed):
            for match in route.matches or ({},):
                uri = as_map(match.get("uri"))
                if "regex" in uri or match.get("ignoreUriCase") or not uri:
                    others.append(number)
                elif "exact" in uri:
                    exact[str(uri["exact"])].append(number)
                else:
                    prefixes[str(uri.get("prefix", ""))].append(number)
        return exact, prefixes, others


def http_routes(item: Item, graph: Graph, at: At | None = None) -> list[HttpRoute]:
    """The routes of a VirtualService in their order; with `at`, those that can take a request there."""
    found = list(_routes(item, graph))
    return found if at is None else [route for route in found if not route.matches or any(
        never(match, at, route.item.namespace) is None for match in route.matches)]  # fmt: skip


def merged_routes(bound: Iterable[tuple[Item, At]], graph: Graph) -> list[HttpRoute]:
    """The routes that a gateway has for a host from VirtualServices that are bound for it, one for each match: up to
    the first catch-all of each, and the catch-alls behind all others (BuildHTTPRoutesForVirtualService and
    SortVHostRoutes in route.go)."""
    found = [route for item, at in bound for route in _up_to_a_catch_all(item, at, graph)]
    return sorted(found, key=lambda route: route.takes_everything)


def _up_to_a_catch_all(item: Item, at: At, graph: Graph) -> Iterator[HttpRoute]:
    for route in _routes(item, graph):
        for match in route.matches or (None,):
            if match is None or never(match, at, route.item.namespace) is None:
                one = replace(route, matches=() if match is None else (in_place(match),))
                yield one
                if one.takes_everything:
                    return


def _routes(item: Item, graph: Graph) -> Iterator[HttpRoute]:
    for path, spec in item.maps("spec", "http"):
        own = tuple(as_maps(spec.get("match")))
        if named := as_map(spec.get("delegate")):
            delegate = _delegate(item, named, graph)
            yield from _delegated(delegate, item, spec) if delegate else ()
        else:
            yield HttpRoute(item, path, modern(spec), own)


def _delegate(root: Item, named: Mapping[str, Any], graph: Graph) -> Item | None:
    key = str(named.get("namespace") or root.namespace), str(named.get("name"))
    for item in graph.all_of_kind("VirtualService"):
        exported = seen_from(item, graph.mesh_config, "defaultVirtualServiceExportTo")
        if (item.namespace, item.name) == key and not item.entries("spec", "hosts"):
            return item if exported & {EVERY_NAMESPACE, root.namespace} else None
    return None


def _delegated(delegate: Item, root: Item, spec: Mapping[str, Any]) -> Iterator[HttpRoute]:
    """The routes of a delegate that a route of the root hands its requests on to; one of whose matches any lies outside
    of all of the root's is left out."""
    above = _at_home(spec, root.namespace)
    outer, inherited = as_maps(above["match"]), {key: above[key] for key in _INHERITED if key in above}
    for path, own in delegate.maps("spec", "http"):
        inner = [_placed(match, delegate.namespace) for match in as_maps(own.get("match"))]
        within = [[_merged(wide, narrow) for wide in outer if not _contradict(wide, narrow)] for narrow in inner]
        if not outer or not inner or all(within):
            merged = [match for each in within for match in each] if outer and inner else inner or outer
            yield HttpRoute(delegate, path, modern({**inherited, **own}), tuple(merged))


def _at_home(spec: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    """A route with the whole names of its gateways and mirrors, so that it means the same in another namespace."""
    found = {**spec, "match": [_placed(match, namespace) for match in as_maps(spec.get("match"))]}
    if mirror := as_map(spec.get("mirror")):
        found["mirror"] = _whole(mirror, namespace)
    if "mirrors" in spec:
        found["mirrors"] = [
            {**each, "destination": _whole(as_map(each.get("destination")), namespace)}
            for each in as_maps(spec.get("mirrors"))
        ]
    return found


def _whole(destination: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    return {**destination, "host": full_host(str(destination.get("host") or ""), namespace)}


def _placed(match: Mapping[str, Any], namespace: str) -> Mapping[str, Any]:
    named = [gateway_key(str(each), namespace) for each in as_list(match.get("gateways"))]
    return {**match, "gateways": named} if named else match


def _merged(wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> dict[str, Any]:
    maps = {key: {**as_map(wide.get(key)), **as_map(narrow.get(key))} for key in _MAPS}
    return {**wide, **narrow, **{key: value for key, value in maps.items() if value}}


def _contradict(wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> bool:
    if any(contradict(wide[key], narrow[key]) for key in _STRINGS if key in wide and key in narrow):
        return True
    for key in ("headers", "withoutHeaders", "queryParams"):
        outer, inner = as_map(wide.get(key)), as_map(narrow.get(key))
        if any(contradict(outer[name], value) for name, value in inner.items() if name in outer):
            return True
    labels, others = as_map(wide.get("sourceLabels")), as_map(narrow.get("sourceLabels"))
    gateways, named = as_list(wide.get("gateways")), as_list(narrow.get("gateways"))
    return (
        any(labels.get(name, value) != value for name, value in others.items())
        or bool(wide.get("port") and narrow.get("port") and wide["port"] != narrow["port"])
        or bool(wide.get("sourceNamespace") and wide["sourceNamespace"] != narrow.get("sourceNamespace"))
        or bool(wide.get("ignoreUriCase")) != bool(narrow.get("ignoreUriCase"))
        or bool(gateways and named and not set(map(str, named)) <= set(map(str, gateways)))
    )


def _is_open(match: Mapping[str, Any]) -> bool:
    """IsCatchAllRoute in route.go: nothing of the request but its path decides, and every path does."""
    uri = as_map(match.get("uri"))
    return not any(match.get(key) for key in _OF_REQUESTS) and (
        not uri or uri.get("prefix") == "/" or uri.get("regex") == ".*"
    )
