"""Do settings reach what they are for: sidecars in ambient namespaces, gateways of the Gateway API?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.sidecars import has_sidecar, is_ambient
from fairlead_mesh.model.pods.sidecars import is_ambient_namespace as ambient
from fairlead_mesh.model.reach import GATEWAY_NAME, SELECTORS, reach, selector_of, targeted

_ATTACHED = ("AuthorizationPolicy", "RequestAuthentication", "Telemetry", "WasmPlugin")


@object_rule("IST0167", severity="warning")
def sidecar_settings_meet_sidecars(graph: Graph) -> Iterator[Hit]:
    """A Sidecar configures sidecars: in a namespace in ambient mode, or for pods in it, it has no effect.

    Egress hosts that it was to restrict stay open, and ztunnel sends to every Service as before.
    """
    for item in graph.of_kind("Sidecar"):
        if item.namespace == graph.root_namespace and not selector_of(item):
            continue
        pods = reach(graph, item).pods(graph) if selector_of(item) else []
        if pods and all(is_ambient(graph, pod) and not has_sidecar(graph, pod) for pod in pods):
            yield item.hit(SELECTORS[item.kind], _no_sidecar(f"{pods[0].item} is"), "remove it, or use sidecars there")
        elif not pods and ambient(graph, item.namespace):
            message = _no_sidecar(f"{item.namespace} is")
            yield item.hit(("metadata", "name"), message, "remove it, or use sidecars there")


def _no_sidecar(who: str) -> str:
    return f"{who} in ambient mode and has no sidecars, so this has no effect"


@object_rule("IST0166", severity="warning")
def policies_of_kubernetes_gateways_have_targets(graph: Graph) -> Iterator[Hit]:
    """A policy for a gateway or a waypoint of the Gateway API names it in targetRefs: waypoints read no selector.

    On gateways a selector works only as long as istiod's ENABLE_SELECTOR_BASED_K8S_GATEWAY_POLICY is left on.
    """
    for item in graph.of_kind(*_ATTACHED):
        selector = selector_of(item)
        if not selector or targeted(item):
            continue
        if name := _gateway(graph, item):
            message = f"a selector does not reach waypoints, and Gateway {name} only by a switch that may go away"
            remedy = f"write targetRefs: [{{group: gateway.networking.k8s.io, kind: Gateway, name: {name}}}]"
            yield item.hit(SELECTORS[item.kind], message, remedy)


def _gateway(graph: Graph, item: Item) -> str:
    """The Gateway of the Gateway API whose pods the object selects; empty where it selects others."""
    selector = selector_of(item)
    if GATEWAY_NAME in selector:
        return str(selector[GATEWAY_NAME])
    pods = reach(graph, item).pods(graph)
    named = [str(pod.labels[GATEWAY_NAME]) for pod in pods if GATEWAY_NAME in pod.labels]
    return named[0] if named and len(named) == len(pods) else ""


@object_rule("IST0127", severity="info")
def policies_of_a_namespace_meet_pods(graph: Graph) -> Iterator[Hit]:
    """A policy without a selector applies to the pods of its namespace: in one without any, to none.

    Mostly it is in the wrong namespace, and the pods that it was written for have no policy.
    """
    for item in graph.of_kind("AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication"):
        here = item.namespace
        everywhere = here == graph.root_namespace or targeted(item) or selector_of(item)
        if not graph.closed or everywhere or not graph.pods.all:
            continue
        if not graph.workloads.get(here) and not graph.machines.by_namespace.get(here):
            message = f"no pods of {here} are known; without any this {item.kind} has no effect"
            yield item.hit(("metadata", "name"), message, "put it into the namespace of the pods")
