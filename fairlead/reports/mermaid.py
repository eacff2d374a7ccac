"""What does a changed mesh look like in a pull request? A Mermaid flowchart of changed ways, gateways and policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fairlead.comparison.comparison import Comparison, How
from fairlead.effects.workloads.subjects import WorkloadKey, workload_key
from fairlead.reports.gateway_change import GatewayChange, gateway_changes
from fairlead.reports.mermaid_chart import BOX, FRAME, Chart, label
from fairlead.reports.mermaid_entrances import draw_entrance
from fairlead.reports.mermaid_groups import grouped
from fairlead.reports.policy_change import PolicyChange, is_denied, pods_behind, policy_changes
from fairlead.reports.routing_change import RoutingChange, Way, routing_changes
from fairlead.reports.wording import counted
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN
from fairlead_mesh.model.request_words import EVERY_REQUEST
from fairlead_mesh.model.routes import Routing, routings
from fairlead_mesh.model.virtual_service import MESH

_MOST_NODES = 40
_MOST_WAYS = 12
_MOST_BEHIND = 4
_MOST_NAMES = 3
_WHOLE = 100.0


def mermaid(comparison: Comparison) -> str:
    """The flowchart; empty where nothing of it changes. Where it would be too large, numbers stand for names."""
    changed, doors, policies = routing_changes(comparison), gateway_changes(comparison), policy_changes(comparison)
    if not (changed or policies or any(each.how for each in doors.values())):
        return ""
    return (_Drawing(comparison, doors).whole(changed, policies) or grouped(changed, doors, policies)).written()


class _Drawing:
    """A chart of every VirtualService that changes, every gateway and every policy, with what they are about."""

    def __init__(self, comparison: Comparison, doors: dict[str, GatewayChange]):
        self.chart, self.doors = Chart(), doors
        self.before, self.after = comparison.before.graph, comparison.after.graph
        self.routings = {_name(each): each for side in (self.before, self.after) for each in routings(side)}

    def whole(self, changed: Sequence[RoutingChange], policies: Sequence[PolicyChange]) -> Chart | None:
        """None where there is too much of it."""
        for change in changed:
            app = self.chart.node(("app", change.name), lambda change=change: label(*_title(change)), BOX, change.how)
            for gateway, how in change.gateways.items():
                self._way_in(gateway, change.name, app, how)
            _draw_ways(self.chart, app, change)
            if len(self.chart) > _MOST_NODES:
                return None
        for door in self.doors.values():
            if door.how:
                self._gateway(door)
        behind = self._apps_by_pod() if policies else {}
        for policy in policies:
            self._policy(policy, behind)
            if len(self.chart) > _MOST_NODES:
                return None
        return self.chart if len(self.chart) <= _MOST_NODES else None

    def _way_in(self, gateway: str, name: str, app: str, how: How | None) -> None:
        """From a gateway to an app; what a policy denies there from now on is lost, and what none does is won."""
        words, door = "", self.doors.get(gateway)
        if how is None and door and door.how in (How.ADDED, How.REMOVED):
            how = door.how
        elif how is None and gateway != MESH:
            was, now = (is_denied(self.routings[name], gateway, side) for side in (self.before, self.after))
            how = None if was == now else How.REMOVED if now else How.ADDED
            words = label("denied: 403" if now else "" if how is None else "no longer denied")
        self.chart.link(draw_entrance(self.chart, gateway, self.doors), app, how, words)

    def _app(self, name: str) -> str:
        """An app that stays as it is."""
        known = self.chart.known(("app", name))
        if known:
            return known
        routing = self.routings[name]
        app = self.chart.node(("app", name), lambda: label(name, *_hosts(routing.hosts)), BOX)
        for gateway in routing.gateways:
            self._way_in(gateway, name, app, None)
        return app

    def _gateway(self, door: GatewayChange) -> None:
        node = draw_entrance(self.chart, door.name, self.doors)
        behind = [name for name, routing in self.routings.items() if door.name in routing.gateways]
        left = [name for name in behind if not self.chart.known(("app", name))]
        for name in left[:_MOST_BEHIND]:
            self._app(name)
        if len(left) > _MOST_BEHIND:
            text = f"{counted(len(left) - _MOST_BEHIND, 'more VirtualService')} behind it"
            self.chart.link(node, self.chart.node(("behind", door.name), lambda: text, BOX), None)

    def _policy(self, policy: PolicyChange, behind: Mapping[WorkloadKey, list[str]]) -> None:
        node = self.chart.node(("policy", policy.title), lambda: label(*policy.title.split(" ", 1)), FRAME, policy.how)
        apps = dict.fromkeys(name for pod in policy.pods for name in behind.get(workload_key(pod), ()))
        if 0 < len(apps) <= _MOST_BEHIND:
            for name in apps:
                self.chart.link(node, self._app(name), policy.how, dotted=True)
            return
        about = self.chart.node(("about", policy.about), lambda: label(policy.about))
        self.chart.link(node, about, policy.how, dotted=True)

    def _apps_by_pod(self) -> dict[WorkloadKey, list[str]]:
        found: dict[WorkloadKey, list[str]] = {}
        for name, routing in self.routings.items():
            for pod in pods_behind(routing, self.after) or pods_behind(routing, self.before):
                found.setdefault(workload_key(pod), []).append(name)
        return found


def _name(routing: Routing) -> str:
    return f"{routing.namespace}/{routing.name}"


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
    return [change.name, *_hosts(change.hosts)]


def _hosts(of: Sequence[str]) -> list[str]:
    """The name of its Service says nothing new."""
    hosts = ["every host" if each == "*" else each for each in of if not each.endswith(f".{CLUSTER_DOMAIN}")]
    left = len(hosts) - _MOST_NAMES
    return [*hosts[:_MOST_NAMES], f"and {counted(left, 'more host')}" if left > 0 else ""]


def _fate(target: str, ways: Sequence[Way]) -> How | None:
    """Whether a destination comes or goes altogether."""
    hows = {way.how for way in ways if way.target == target}
    return next((how for how in (How.ADDED, How.REMOVED) if hows == {how}), None)


def _share(way: Way) -> str:
    if way.how is How.CHANGED:
        return f"{way.old:g} % → {way.new:g} %"
    share = way.new if way.old is None else way.old
    return f"{share:g} %" if share != _WHOLE else ""
