"""Which policies change, whose requests do they decide on, and which routes do they close or open?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairlead.comparison.comparison import Change, Comparison, How
from fairlead.effects.installation.installation import mesh
from fairlead.effects.workloads.subjects import THE_MESH
from fairlead_mesh.model.graph import Graph, service_key
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.reach import reach
from fairlead_mesh.model.routes import Routing
from fairlead_mesh.model.security.authorization import policies_of, refusing

_KINDS = ("AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication")
_HOWS = (How.ADDED, How.REMOVED, How.CHANGED)


@dataclass(frozen=True)
class PolicyChange:
    """A policy, `AuthorizationPolicy hello/callers`; the pods that it is about, and what these are called together."""

    title: str
    how: How
    pods: tuple[Workload, ...]
    about: str


def policy_changes(comparison: Comparison) -> list[PolicyChange]:
    """In the order of the changes; one that only has another name is none."""
    changed = [each for each in comparison.changes if each.kind in _KINDS and each.how in _HOWS]
    return [_change(each, comparison) for each in changed if not _is_renamed(each, changed)]


def _is_renamed(change: Change, changed: Sequence[Change]) -> bool:
    alike = (each for each in changed if (each.kind, each.namespace) == (change.kind, change.namespace))
    return change.how is not How.CHANGED and any(
        each.how not in (change.how, How.CHANGED) and _spec(each) == _spec(change) for each in alike
    )


def _spec(change: Change) -> object:
    return (change.new or change.old or {}).get("spec")


def _change(change: Change, comparison: Comparison) -> PolicyChange:
    graph = mesh(comparison.before if change.how is How.REMOVED else comparison.after)
    item = Item(dict(change.new or change.old or {}))
    whom = reach(graph, item)
    if whom.targets:
        about = ", ".join(f"{each.kind} {item.namespace}/{each.name}" for each in whom.targets)
        return PolicyChange(change.title, change.how, (), about)
    labels = ", ".join(f"{key}={value}" for key, value in sorted(whom.selector.items()))
    if not labels and whom.namespace is None:
        return PolicyChange(change.title, change.how, (), THE_MESH)
    place = f"namespace {whom.namespace}" if whom.namespace else "every namespace"
    return PolicyChange(
        change.title, change.how, tuple(whom.pods(graph)), f"pods {labels} in {place}" if labels else place
    )


def pods_behind(routing: Routing, graph: Graph) -> list[Workload]:
    """The pods that a VirtualService sends requests to, as far as they are known."""
    keys = dict.fromkeys(service_key(share.host, "") for route in routing.routes for share in route.shares)
    services = [graph.services[key] for key in keys if key and key in graph.services]
    return [pod for service in services for pod in graph.pods_of(service)]


def is_denied(routing: Routing, gateway: str, graph: Graph) -> bool:
    """Whether every request through a gateway ends with 403 at the pods, as far as its identity says."""
    namespace = gateway.partition("/")[0]
    pods = pods_behind(routing, graph)
    return bool(pods) and all(refusing(policies_of(graph, pod.namespace, pod.labels), namespace) for pod in pods)
