"""How is a gateway drawn? Where requests come from, the ports that they reach, and what becomes of each."""

from __future__ import annotations

from collections.abc import Mapping

from fairlead.reports.gateway_change import OUTSIDE, Door, GatewayChange
from fairlead.reports.mermaid_chart import HEXAGON, Chart, label
from fairlead_mesh.model.virtual_service import MESH


def draw_entrance(chart: Chart, gateway: str, doors: Mapping[str, GatewayChange]) -> str:
    """The node from which requests of a gateway, or of the mesh itself, come."""
    if gateway == MESH:
        return chart.node((MESH,), lambda: "inside the mesh")
    known = chart.known(("gateway", gateway))
    if known:
        return known
    change = doors.get(gateway)
    how = change.how if change else None
    ways = change.doors if change else ()
    sources = {each.source: chart.node(("from", each.source), lambda each=each: each.source) for each in ways}
    sources = sources or {OUTSIDE: chart.node(("from", OUTSIDE), lambda: OUTSIDE)}
    node = chart.node(("gateway", gateway), lambda: label("gateway", gateway), HEXAGON, how)
    for source, start in sources.items():
        own = [each for each in ways if each.source == source]
        for each in _told(own):
            chart.link(start, node, each.how, label(each.port))
        if not own:
            chart.link(start, node, how)
    return node


def _told(doors: list[Door]) -> list[Door]:
    """One line where all of them have the same fate and nothing else is to be said."""
    hows = {each.how for each in doors}
    if len(hows) == 1 and not any(":" in each.port for each in doors):
        ports = ", ".join(each.port.removeprefix("port ") for each in doors)
        (how,) = hows
        words = f"port{'s' if len(doors) > 1 else ''} {ports}" if how else ""
        return [Door(doors[0].source, words, how)]
    return doors
