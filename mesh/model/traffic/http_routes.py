"""Which HTTP routes does a VirtualService have, with those of its delegates in their places?

Source: pilot/pkg/model/virtualservice.go in istio/istio: a delegate's match narrows the root's, one that contradicts it
is left out, and a delegate's route inherits what only the root's says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from mesh.findings import Path
from mesh.model.graph import Graph
from mesh.model.item import Item
from mesh.model.route_settings import modern
from mesh.model.traffic.http_match import At, never
from mesh.model.virtual_service import EVERY_NAMESPACE, seen_from
from mesh.model.yaml_values import as_list, as_map, as_maps

_INHERITED = (
    *("rewrite", "timeout", "retries", "fault", "mirror", "mirrorPercent", "mirrorPercentage", "corsPolicy"),
    *("headers", "mirrors"),
)
_STRINGS = ("uri", "scheme", "method", "authority")
_MAPS = ("headers", "withoutHeaders", "queryParams", "sourceLabels")
_OF_REQUESTS = ("headers", "withoutHeaders", "queryParams", "method", "scheme", "authority")
_FORMS = ("exact", "prefix", "regex")


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
                one = replace(route, matches=() if match is None else (match,))
                yield one
                if one.takes_everything:
                    return


def _routes(item: Item, graph: Graph) -> Iterator[HttpRoute]:
    for path, spec in item.maps("spec", "http"):
        own = tuple(as_maps(spec.get("match")))
        if named := as_map(spec.get("delegate")):
            delegate = _delegate(item, named, graph)
            yield from _delegated(delegate, spec, own) if delegate else ()
        else:
            yield HttpRoute(item, path, modern(spec), own)


def _delegate(root: Item, named: Mapping[str, Any], graph: Graph) -> Item | None:
    key = str(named.get("namespace") or root.namespace), str(named.get("name"))
    for item in graph.all_of_kind("VirtualService"):
        exported = seen_from(item, graph.mesh_config, "defaultVirtualServiceExportTo")
        if (item.namespace, item.name) == key and not item.entries("spec", "hosts"):
            return item if exported & {EVERY_NAMESPACE, root.namespace} else None
    return None


def _delegated(delegate: Item, root: Mapping[str, Any], outer: tuple[Mapping[str, Any], ...]) -> Iterator[HttpRoute]:
    inherited = {key: root[key] for key in _INHERITED if key in root}
    for path, spec in delegate.maps("spec", "http"):
        inner = tuple(as_maps(spec.get("match")))
        pairs = [(wide, narrow) for narrow in inner for wide in outer if not _contradict(wide, narrow)]
        merged = tuple(_merged(wide, narrow) for wide, narrow in pairs) if inner and outer else inner or outer
        if merged or not (inner and outer):
            yield HttpRoute(delegate, path, modern({**inherited, **spec}), merged)


def _merged(wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> dict[str, Any]:
    maps = {key: {**as_map(wide.get(key)), **as_map(narrow.get(key))} for key in _MAPS}
    return {**wide, **narrow, **{key: value for key, value in maps.items() if value}}


def _contradict(wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> bool:
    if any(_strings_contradict(as_map(wide.get(key)), as_map(narrow.get(key))) for key in _STRINGS):
        return True
    for key in ("headers", "withoutHeaders", "queryParams"):
        outer, inner = as_map(wide.get(key)), as_map(narrow.get(key))
        if any(_strings_contradict(as_map(outer.get(name)), as_map(value)) for name, value in inner.items()):
            return True
    labels, others = as_map(wide.get("sourceLabels")), as_map(narrow.get("sourceLabels"))
    if any(labels.get(name, value) != value for name, value in others.items()):
        return True
    for key in ("port", "sourceNamespace"):
        if wide.get(key) and narrow.get(key) and wide[key] != narrow[key]:
            return True
    if bool(wide.get("ignoreUriCase")) != bool(narrow.get("ignoreUriCase")):
        return True
    gateways, named = as_list(wide.get("gateways")), as_list(narrow.get("gateways"))
    return bool(gateways and named and not set(map(str, named)) <= set(map(str, gateways)))


def _strings_contradict(wide: Mapping[str, Any], narrow: Mapping[str, Any]) -> bool:
    outer, inner = _form(wide), _form(narrow)
    if outer is None or inner is None:
        return False
    if "regex" in (outer[0], inner[0]):
        return True
    if outer[0] == "exact":
        return inner != outer
    return not inner[1].startswith(outer[1])


def _form(match: Mapping[str, Any]) -> tuple[str, str] | None:
    return next(((form, str(match[form])) for form in _FORMS if match.get(form)), None)


def _is_open(match: Mapping[str, Any]) -> bool:
    """IsCatchAllRoute in route.go: nothing of the request but its path decides, and every path does."""
    uri = as_map(match.get("uri"))
    return not any(match.get(key) for key in _OF_REQUESTS) and (
        not uri or uri.get("prefix") == "/" or uri.get("regex") == ".*"
    )
