"""Does a policy that closes a namespace leave out somebody whom the others forgot?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.pods.sidecars import has_sidecar, is_gateway
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.reach import reach, selector_of, targeted
from fairlead_mesh.model.security.authorization import action, has_rules


@object_rule(severity="warning")
def closed_pods_are_allowed_to_somebody(graph: Graph) -> Iterator[Hit]:
    """Where a policy denies all by default, another one allows somebody to call the pods of each Service.

    A Service that was forgotten, or came later, answers every request with 403. Where most have no policy, the files
    are seldom all that is applied.
    """
    for item in graph.of_kind("AuthorizationPolicy"):
        if action(item) != "ALLOW" or has_rules(item) or targeted(item) or selector_of(item):
            continue
        allowed = graph.once(_allowed)
        if allowed is None:
            return
        pods = [pod for pod in reach(graph, item).pods(graph) if _is_served(graph, pod)]
        forgotten = [pod for pod in pods if pod not in allowed]
        severity = None if 2 * len(forgotten) < len(pods) else "info"
        for pod in forgotten if len(forgotten) < len(pods) else ():
            at = ("spec",) if "spec" in item.manifest else ("metadata",)
            message = f"it denies all requests to {pod.item}, and no policy allows any: they get 403"
            remedy = "add a policy for its clients, or remove its Service if nobody calls it"
            yield item.hit(at, message, remedy, severity=severity, others=[(pod.item, ("metadata", "name"))])


def _is_served(graph: Graph, pod: Workload) -> bool:
    return bool(graph.services_of.get(pod)) and has_sidecar(graph, pod) is True and not is_gateway(pod)


def _allowed(graph: Graph) -> set[Workload] | None:
    """The pods that somebody may call; None where nobody knows: what targets name may be a waypoint before any."""
    every = graph.all_of_kind("AuthorizationPolicy")
    allowing = [each for each in every if action(each) == "ALLOW" and has_rules(each)]
    if any(map(targeted, allowing)):
        return None
    return {pod for each in allowing for pod in reach(graph, each).pods(graph)}
