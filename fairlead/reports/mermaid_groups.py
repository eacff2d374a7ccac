"""What is drawn of a mesh where too much changes to draw it all? Numbers, with a few names, behind each gateway."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from fairlead.comparison.comparison import How
from fairlead.reports.gateway_change import GatewayChange
from fairlead.reports.mermaid_chart import BOX, FRAME, HEXAGON, Chart, label
from fairlead.reports.mermaid_entrances import draw_entrance
from fairlead.reports.policy_change import PolicyChange
from fairlead.reports.routing_change import RoutingChange
from fairlead.reports.wording import counted

_MOST_GATEWAYS = 6
_MOST_NAMES = 3
_ORDER = (How.ADDED, How.CHANGED, How.REMOVED)


def grouped(
    changed: Sequence[RoutingChange], doors: dict[str, GatewayChange], policies: Sequence[PolicyChange]
) -> Chart:
    """For each gateway how many VirtualServices change behind it, and in which way; and how many policies."""
    by_gateway: dict[str, list[RoutingChange]] = {name: [] for name, each in doors.items() if each.how}
    for change in changed:
        for gateway in change.gateways:
            by_gateway.setdefault(gateway, []).append(change)
    listed = sorted(by_gateway, key=lambda gateway: (-len(by_gateway[gateway]), gateway))
    chart = Chart()
    for gateway in listed[:_MOST_GATEWAYS]:
        _draw_group(chart, draw_entrance(chart, gateway, doors), gateway, by_gateway[gateway])
    if others := listed[_MOST_GATEWAYS:]:
        behind = {change.name: change for gateway in others for change in by_gateway[gateway]}
        node = chart.node(("others",), lambda: f"{counted(len(others), 'more gateway')}", HEXAGON)
        _draw_group(chart, node, "", behind.values())
    numbers = Counter((each.how, each.title.partition(" ")[0]) for each in policies)
    for how, kind in sorted(numbers, key=lambda each: (_ORDER.index(each[0]), each[1])):
        text = f"{counted(numbers[how, kind], kind, _plural(kind))} {how}"
        chart.node(("policies", how, kind), lambda text=text: text, FRAME, how)
    return chart


def _plural(kind: str) -> str:
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


def _draw_group(chart: Chart, entrance: str, gateway: str, changed: Collection[RoutingChange]) -> None:
    for how in _ORDER:
        if names := [change.name for change in changed if change.how is how]:
            node = chart.node(
                ("group", gateway, how), lambda how=how, names=names: label(*_group(how, names)), BOX, how
            )
            chart.link(entrance, node, how)


def _group(how: How, names: Sequence[str]) -> list[str]:
    left = len(names) - _MOST_NAMES
    number = f"{counted(len(names), 'VirtualService')} {how}"
    return [number, *names[:_MOST_NAMES], f"and {left:,} more" if left > 0 else ""]
