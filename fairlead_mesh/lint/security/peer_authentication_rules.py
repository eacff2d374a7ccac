"""Does every PeerAuthentication say what it means, and can the callers of its pods do as it demands?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.conflict import conflict, conflicts_over
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.sidecars import has_sidecar, is_gateway
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.reach import reach, selector_of
from fairlead_mesh.model.security.mtls import PeerPolicies, mode_of_policy

_LAST_PORT = 65535
_EXPOSED = ("NodePort", "LoadBalancer")


@object_rule("webhook")
def port_level_mtls_has_a_selector(graph: Graph) -> Iterator[Hit]:
    """Ports belong to pods, so istiod rejects port-level mTLS in a policy without a selector.

    The whole object is rejected: its mode for all other ports does not apply either.
    """
    for item in graph.of_kind("PeerAuthentication"):
        levels = item.get("spec", "portLevelMtls")
        at = ("spec", "portLevelMtls")
        if levels is None:
            continue
        if not as_map(levels):
            yield item.hit(at, "portLevelMtls has no port, so istiod rejects the policy", "add a port, or remove it")
        elif not selector_of(item):
            message = "without a selector istiod rejects ports here, and with them the whole policy"
            yield item.hit(at, message, "add selector: {matchLabels: {app: ...}} with the labels of the pods")
        for port in as_map(levels):
            if not str(port).isdigit() or not 1 <= int(port) <= _LAST_PORT:
                yield item.hit(
                    (*at, port), "a port is a number from 1 to 65535", "write the number that the pod listens on"
                )


@object_rule("KIA0002")
def one_mtls_policy_holds_for_all(graph: Graph) -> Iterator[Hit]:
    """Of several PeerAuthentications without a selector in one namespace, only the oldest applies.

    After a restore or in a new cluster another one is the oldest, and mTLS changes without a change in any file.
    """
    for namespace, found in graph.once(PeerPolicies).of_all.items():
        scope = "the mesh" if namespace == graph.root_namespace else namespace
        same = all(mode_of_policy(item) == mode_of_policy(found[0]) for item in found)
        yield from conflict(
            [(item, ("metadata", "name")) for item in found],
            lambda others, scope=scope: (
                f"{others[0].name} already applies to all of {scope}, and only the oldest is used"
            ),
            "keep one of them, or give this one a selector",
            severity="warning" if same else None,
        )


@object_rule("KIA0003")
def one_mtls_policy_holds_for_a_pod(graph: Graph) -> Iterator[Hit]:
    """Of several PeerAuthentications that select the same pods, only the oldest applies."""
    for pod, parts in conflicts_over(graph.once(PeerPolicies).of_pods, ("spec", "selector")):
        yield from conflict(
            parts,
            lambda others, pod=pod: f"{others[0].name} selects {pod.item} too, and only the oldest is used",
            "merge both into one policy, or select other pods",
        )


@object_rule(severity="warning")
def mtls_policies_of_the_root_namespace_hold_for_all(graph: Graph) -> Iterator[Hit]:
    """In the root namespace istiod reads only PeerAuthentications without a selector: those of the whole mesh.

    Other policies there may select pods in every namespace; this kind is silently skipped.
    """
    for item in graph.of_kind("PeerAuthentication"):
        if reach(graph, item).is_ignored:
            message = f"istiod ignores policies with a selector in {item.namespace}, so this one applies to no pod"
            remedy = "move it to the namespace of the pods, or remove the selector for the whole mesh"
            yield item.hit(("spec", "selector"), message, remedy)


@object_rule("KIA0401", "KIA0501")
def strict_mtls_has_clients_that_speak_it(graph: Graph) -> Iterator[Hit]:
    """Where the mesh turns automatic mTLS off, STRICT needs DestinationRules that make clients use mTLS.

    Clients keep sending plain text, and every request gets 503 and `connection reset`.
    """
    if graph.mesh_config is None or graph.mesh_config.get("enableAutoMtls") is not False:
        return
    rules = graph.all_of_kind("DestinationRule")
    modes = ((rule, rule.get("spec", "trafficPolicy", "tls", "mode")) for rule in rules)
    hosts = {str(rule.get("spec", "host")) for rule, mode in modes if mode in ("ISTIO_MUTUAL", "MUTUAL")}
    for item in graph.of_kind("PeerAuthentication"):
        strict = mode_of_policy(item) == "STRICT" and not selector_of(item)
        whole = {"*", "*.local"}
        if item.namespace != graph.root_namespace:
            whole.add(f"*.{item.namespace}.svc.cluster.local")
        if strict and whole.isdisjoint(hosts):
            message = "enableAutoMtls is off and no DestinationRule makes clients use mTLS: their requests get 503"
            remedy = f"remove enableAutoMtls, or add a DestinationRule for '{max(whole, key=len)}' with ISTIO_MUTUAL"
            yield item.hit(("spec", "mtls", "mode"), message, remedy)


@object_rule(severity="warning")
def strict_pods_are_not_exposed(graph: Graph) -> Iterator[Hit]:
    """A load balancer or a node port sends plain text, which pods with STRICT mTLS reject.

    Every request from outside gets a connection reset, while requests inside the mesh work: in a STRICT mesh only a
    gateway can accept traffic from outside.
    """
    policies = graph.once(PeerPolicies)
    for service in graph.of_kind("Service"):
        if service.get("spec", "type") not in _EXPOSED:
            continue
        pods = [pod for pod in graph.pods_of(service) if not is_gateway(pod)]
        guarded = [pod for pod in pods if has_sidecar(graph, pod)]
        for path, port in service.maps("spec", "ports") if guarded else ():
            modes = [policies.of_port(pod, pod.number_of(port)) for pod in guarded]
            strict = next((said_by for mode, said_by in modes if mode == "STRICT"), None)
            if strict and port.get("protocol", "TCP") == "TCP" and not _excluded(guarded, port):
                kind = str(service.get("spec", "type"))
                message = f"{kind} clients do not use mTLS, which {strict} requires: their connections are reset"
                remedy = "write type: ClusterIP and route through a gateway, or portLevelMtls PERMISSIVE for this port"
                yield service.hit(path, message, remedy)


def _excluded(pods: list[Workload], port: dict[str, Any]) -> bool:
    excluded = (str(pod.annotations.get("traffic.sidecar.istio.io/excludeInboundPorts", "")) for pod in pods)
    return any(str(pod.number_of(port)) in each.split(",") for pod, each in zip(pods, excluded, strict=True))
