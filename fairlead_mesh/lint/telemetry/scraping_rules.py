"""Can a Prometheus outside the mesh read the metrics that pods announce?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.pods.sidecars import has_sidecar, is_gateway
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.security.mtls import PeerPolicies
from fairlead_mesh.ports import PORTS

_SCRAPE, PORT = "prometheus.io/scrape", "prometheus.io/port"
_MERGE = "prometheus.istio.io/merge-metrics"
_EXCLUDED = "traffic.sidecar.istio.io/excludeInboundPorts"
_OF_THE_PROXY = {port.number for port in PORTS}


@object_rule(severity="warning")
def strict_pods_are_scraped_through_their_proxy(graph: Graph) -> Iterator[Hit]:
    """With STRICT mTLS a pod's metrics are scraped through its proxy, as Istio sets it up by default.

    Prometheus has no sidecar: it sends plain text to the port in the pod's annotations, the proxy resets the
    connection, and the target is down although the app works. Prometheus scrapes the app itself only if metrics merging
    is turned off.
    """
    policies = graph.once(PeerPolicies)
    for pod, port in scraped_pods(graph):
        mode, said_by = policies.of_port(pod, port)
        if mode == "STRICT":
            message = f"Prometheus scrapes port {port} in plain text, and {said_by} requires mTLS: the target is down"
            remedy = f"remove {_MERGE}, or let a PeerAuthentication with portLevelMtls make {port} PERMISSIVE"
            yield pod.item.hit((*pod.at, "metadata", "annotations", PORT), message, remedy)


def scraped_pods(graph: Graph) -> Iterator[tuple[Workload, int]]:
    """Pods with a sidecar that Prometheus asks past their proxy's own port, and that port."""
    merged = graph.mesh_config is None or graph.mesh_config.get("enablePrometheusMerge") is not False
    for pods in graph.workloads.values():
        for pod in pods:
            port = _scraped_port(pod, merged)
            if port is not None and not pod.item.brought and not is_gateway(pod) and has_sidecar(graph, pod):
                yield pod, port


def _scraped_port(pod: Workload, merged: bool) -> int | None:
    """The app's own port that Prometheus asks; None where it asks the proxy, or nothing."""
    said, number = str(pod.annotations.get(_MERGE, "")), str(pod.annotations.get(PORT, ""))
    if str(pod.annotations.get(_SCRAPE)) != "true" or not number.isdigit():
        return None
    past_the_proxy = number in str(pod.annotations.get(_EXCLUDED, "")).replace(" ", "").split(",")
    through_the_proxy = said != "false" if merged else said == "true"
    return None if past_the_proxy or through_the_proxy or int(number) in _OF_THE_PROXY else int(number)
