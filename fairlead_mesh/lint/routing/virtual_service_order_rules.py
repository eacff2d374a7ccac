"""Does every route get requests? What earlier routes of the same VirtualService leave to later ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.conditions import conditions
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.virtual_service import PROTOCOLS, routes
from fairlead_mesh.model.virtual_service import virtual_services as all_of


@dataclass(frozen=True)
class _Taken:
    """A match of `route`, and the path of an earlier one that takes all of its requests, if there is one."""

    match: Path
    route: Path
    by: Path | None


def _taken(item: Item) -> Iterator[tuple[Path, list[_Taken]]]:
    """Each route with its matches; a route that matches everything has one match, the route itself."""
    for protocol in PROTOCOLS:
        seen: dict[tuple[str, frozenset[str]], Path] = {}
        for route, value in routes(item, protocol):
            matches = item.maps(*route, "match") or [(route, {})]
            found: list[_Taken] = []
            for place, match in matches:
                asked = conditions(match if place != route else {})
                by = next((seen[wider] for wider in asked.wider() if wider in seen), None)
                found.append(_Taken(place, route, by))
                # What a delegate's own routes do not take goes on to the next route.
                if "delegate" not in value:
                    seen.setdefault((asked.prefix, asked.others), place)
            yield route, found


def _in_words(path: Path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".spec.")


@object_rule("IST0130", "IST0131", severity="warning")
def routes_can_be_reached(graph: Graph) -> Iterator[Hit]:
    """The first route that matches is used, so a route after one that matches all of its requests never is.

    A canary after a catch-all looks deployed and never gets a request; Istio even leaves it out of Envoy's config.
    """
    for item in all_of(graph):
        for route, matches in _taken(item):
            blocking = [each.by for each in matches if each.by and each.by[:3] != route]
            if len(blocking) == len(matches):
                where = ", ".join(dict.fromkeys(_in_words(path) for path in blocking))
                message = f"{where} already matches all of its requests{_lost(item, route)}"
                yield item.hit(route, message, "put it before that route, or make that route's match more specific")


def _lost(item: Item, route: Path) -> str:
    """Who never gets a request, where that can be said."""
    named: list[str] = []
    for place, _ in item.maps(*route, "route"):
        destination = as_map(item.get(*place, "destination"))
        named += [str(destination[key]) for key in ("subset", "host") if destination.get(key)][:1]
    return f": {', '.join(dict.fromkeys(named))} gets none through this route" if named else ""


@object_rule("IST0131", severity="warning")
def matches_can_be_reached(graph: Graph) -> Iterator[Hit]:
    """Matches are tried in order: one after another that matches the same or more requests is never used."""
    for item in all_of(graph):
        for route, matches in _taken(item):
            if all(each.by and each.by[:3] != route for each in matches):
                continue
            for each in matches:
                # Within a route a narrower match changes nothing; an exact path beside its prefix is said on purpose.
                if each.by and not (each.by[:3] == route and _is_exact(item, each)):
                    here = each.by[:3] == route
                    message = f"{_in_words(each.by)} already matches all of these requests"
                    remedy = "remove it" if here else "put its route before that one, or remove it"
                    yield item.hit(each.match, message, remedy, severity="info" if here else None)


def _is_exact(item: Item, taken: _Taken) -> bool:
    return "exact" in as_map(item.get(*taken.match, "uri")) and item.get(*taken.match) != item.get(*(taken.by or ()))
