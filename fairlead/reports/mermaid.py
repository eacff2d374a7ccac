"""What does a changed mesh look like in a pull request? A Mermaid flowchart of the ways of requests that change."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from fairlead.comparison.comparison import Comparison, How
from fairlead.reports.mermaid_chart import BOX, HEXAGON, Chart, label
from fairlead.reports.routing_change import RoutingChange, Way, routing_changes
from fairlead.reports.wording import counted
from mesh.apps import CLUSTER_DOMAIN, MESH
from mesh.model.graph import Graph
from mesh.model.request_words import EVERY_REQUEST

_MOST_NODES = 40
_MOST_WAYS = 12
_MOST_GATEWAYS = 6
_MOST_NAMES = 3
_WHOLE = 100.0

Fates = dict[str, How]
"""`namespace/name` of the gateways that come or go."""


def mermaid(comparison: Comparison) -> str:
    """The flowchart; empty where no routing changes. Where it would be too large, it has numbers in place of names."""
    changed = routing_changes(comparison)
    if not changed:
        return ""
    fates = _fates(comparison)
    return (_whole(changed, fates) or _grouped(changed, fates)).written()


def _fates(comparison: Comparison) -> Fates:
    before, after = _gateways(comparison.before.graph), _gateways(comparison.after.graph)
    return dict.fromkeys(sorted(after - before), How.ADDED) | dict.fromkeys(sorted(before - after), How.REMOVED)


def _gateways(graph: Graph) -> set[str]:
    return {"/".join(key) for key in graph.gateways}


def _entrance(chart: Chart, gateway: str, fates: Fates) -> str:
    """The node from which requests of a gateway, or of the mesh itself, come."""
    if gateway == MESH:
        return chart.node((MESH,), lambda: "inside the mesh")
    how = fates.get(gateway)
    outside = chart.node(("outside",), lambda: "outside")
    node = chart.node(("gateway", gateway), lambda: label("gateway", gateway), HEXAGON, how)
    chart.link(outside, node, how)
    return node


def _whole(changed: Sequence[RoutingChange], fates: Fates) -> Chart | None:
    """Every VirtualService that changes, with where its requests come from and go to; None where they are too many."""
    chart = Chart()
    for change in changed:
        app = chart.node(("app", change.name), lambda change=change: label(*_title(change)), BOX, change.how)
        for gateway, how in change.gateways.items():
            chart.link(_entrance(chart, gateway, fates), app, how)
        _draw_ways(chart, app, change)
        if len(chart) > _MOST_NODES:
            return None
    return chart


def _draw_ways(chart: Chart, app: str, change: RoutingChange) -> None:
    for way in change.ways[:_MOST_WAYS]:
        how = _fate(way.target, change.ways)
        target = chart.node(("to", change.name, way.target), lambda way=way: label(way.target), how=how)
        requests = "" if way.requests == EVERY_REQUEST else way.requests
        chart.link(app, target, way.how, label(requests, _share(way)))
    left = len(change.ways) - _MOST_WAYS
    if left > 0:
        more = chart.node(("more", change.name), lambda: f"and {left:,} more", how=How.CHANGED)
        chart.link(app, more, How.CHANGED)


def _title(change: RoutingChange) -> list[str]:
    """Its name and its hosts; the name of its Service says nothing new."""
    hosts = ["every host" if each == "*" else each for each in change.hosts if not each.endswith(f".{CLUSTER_DOMAIN}")]
    left = len(hosts) - _MOST_NAMES
    return [change.name, *hosts[:_MOST_NAMES], f"and {counted(left, 'more host')}" if left > 0 else ""]


def _fate(target: str, ways: Sequence[Way]) -> How | None:
    """Whether a destination comes or goes altogether."""
    hows = {way.how for way in ways if way.target == target}
    return next((how for how in (How.ADDED, How.REMOVED) if hows == {how}), None)


def _share(way: Way) -> str:
    if way.how is How.CHANGED:
        return f"{way.old:g} % → {way.new:g} %"
    share = way.new if way.old is None else way.old
    return f"{share:g} %" if share != _WHOLE else ""


def _grouped(changed: Sequence[RoutingChange], fates: Fates) -> Chart:
    """For each gateway how many VirtualServices change behind it, and in which way."""
    by_gateway: dict[str, list[RoutingChange]] = {}
    for change in changed:
        for gateway in change.gateways:
            by_gateway.setdefault(gateway, []).append(change)
    listed = sorted(by_gateway, key=lambda gateway: (-len(by_gateway[gateway]), gateway))
    chart = Chart()
    for gateway in listed[:_MOST_GATEWAYS]:
        _draw_group(chart, _entrance(chart, gateway, fates), gateway, by_gateway[gateway])
    if others := listed[_MOST_GATEWAYS:]:
        behind = {change.name: change for gateway in others for change in by_gateway[gateway]}
        node = chart.node(("others",), lambda: f"{counted(len(others), 'more gateway')}", HEXAGON)
        _draw_group(chart, node, "", behind.values())
    return chart


def _draw_group(chart: Chart, entrance: str, gateway: str, changed: Collection[RoutingChange]) -> None:
    for how in (How.ADDED, How.CHANGED, How.REMOVED):
        if names := [change.name for change in changed if change.how is how]:
            node = chart.node(
                ("group", gateway, how), lambda how=how, names=names: label(*_group(how, names)), BOX, how
            )
            chart.link(entrance, node, how)


def _group(how: How, names: Sequence[str]) -> list[str]:
    left = len(names) - _MOST_NAMES
    number = f"{counted(len(names), 'VirtualService')} {how}"
    return [number, *names[:_MOST_NAMES], f"and {left:,} more" if left > 0 else ""]
