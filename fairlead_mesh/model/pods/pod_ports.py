"""On which ports do pods listen, as far as their containers, their Services and their Gateways say?"""

from __future__ import annotations

from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.pods.sidecars import is_gateway
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.served_hosts import gateways_of, ports_of_gateway


def ports_of_pods(graph: Graph, pods: list[Workload]) -> set[int]:
    """Every port of all of these pods; none where nothing is known of one of them."""
    every = [_ports(graph, pod) for pod in pods]
    return set[int]().union(*every) if all(every) else set()


def _ports(graph: Graph, pod: Workload) -> set[int]:
    declared = (port.get("containerPort") for path, _ in pod.containers for _, port in pod.item.maps(*path, "ports"))
    found = {number for number in declared if isinstance(number, int)}
    moved = set[int]()
    for service in graph.services_of.get(pod, []):
        for _, port in service.maps("spec", "ports"):
            number = pod.number_of(port)
            found |= {number} if number else set()
            own = port.get("port")
            moved |= {own} if isinstance(own, int) and own != number else set()
    if is_gateway(pod):
        # A server on a port of the Service listens on the target port.
        found |= {number for item in gateways_of(graph, pod.labels) for number in ports_of_gateway(item)} - moved
    return found
