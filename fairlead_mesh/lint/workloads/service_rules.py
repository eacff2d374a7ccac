"""Does every Service lead where it says, and does Istio know what its ports speak?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.lint.workloads.likely_protocol import protocol_remedy
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.sidecars import has_sidecar, injects, is_ambient, is_gateway
from fairlead_mesh.model.protocols import service_protocol

_NO_STREAM = ("UDP", "SCTP")
_SYSTEM = ("kube-system", "kube-public", "kube-node-lease")


def _in_mesh(graph: Graph, service: Item) -> bool:
    """Whether a proxy may stand before this Service's pods; where nothing is known of them, it may."""
    if service.namespace in (graph.root_namespace, *_SYSTEM) or service.get("spec", "type") == "ExternalName":
        return False
    pods = graph.pods_of(service)
    if pods:
        return any(has_sidecar(graph, pod) is not False or is_ambient(graph, pod) for pod in pods)
    namespace = graph.namespaces.get(service.namespace)
    return namespace is None or injects(namespace.labels, {})


@object_rule("IST0118", "KIA0601", "KIA0602", severity="info")
def service_ports_say_their_protocol(graph: Graph) -> Iterator[Hit]:
    """Istio reads a port's protocol from appProtocol or the prefix of its name; without either it detects it.

    Detection waits for the client's first bytes: a connection to a server that sends first (MySQL, SMTP) hangs for
    seconds, and HTTP routes, retries and metrics apply only where HTTP is detected.
    """
    for service in graph.of_kind("Service"):
        if not _in_mesh(graph, service):
            continue
        for path, port in service.maps("spec", "ports"):
            if service_protocol(port) is None:
                said = port.get("appProtocol")
                key = "appProtocol" if said is not None else "name"
                at = (*path, key) if key in port else path
                what = f"{port[key]} does not name a protocol" if key in port else "nothing sets the protocol"
                remedy = protocol_remedy(port)
                yield service.hit(
                    at, f"{what} of port {port.get('port')}, so Envoy detects it from the first bytes", remedy
                )


@object_rule("IST0150", severity="warning")
def external_names_have_no_tcp_ports(graph: Graph) -> Iterator[Hit]:
    """A TCP port of an ExternalName receives all TCP traffic to its number, because it has no IP of its own.

    Requests of the mesh to other hosts on that port go to this one.
    """
    for service in graph.of_kind("Service"):
        if service.get("spec", "type") != "ExternalName" or service.namespace in (graph.root_namespace, *_SYSTEM):
            continue
        for path, port in service.maps("spec", "ports"):
            if service_protocol(port) in (None, "TCP"):
                at = (*path, "name") if "name" in port else path
                message = f"port {port.get('port')} is TCP for Istio, so it receives traffic for other hosts too"
                yield service.hit(at, message, "write name: http or name: tls, depending on the host")


@object_rule("IST0116", "IST0137", severity="warning")
def services_of_a_pod_agree_on_its_ports(graph: Graph) -> Iterator[Hit]:
    """Services of the same pods map a port alike, because a pod's proxy has one listener for it.

    Of two Services with different target ports or protocols one wins: requests to the other get a reset or 503.
    """
    reported: set[tuple[Item, Any]] = set()
    for pod, services in graph.services_of.items():
        if len(services) == 1 or not (has_sidecar(graph, pod) or is_ambient(graph, pod)) or is_gateway(pod):
            continue
        targets: dict[tuple[str, bool], tuple[Any, Item, Path]] = {}
        protocols: dict[str, tuple[str, Item, Path]] = {}
        pods = (pod.item, ("metadata", "name"))
        for service in services:
            for path, port in service.maps("spec", "ports"):
                number, transport = port.get("port"), str(port.get("protocol") or "TCP")
                target = str(port.get("targetPort") or number)
                at = (*path, "port")
                known = targets.setdefault((target, transport in _NO_STREAM), (number, service, at))
                other_number, first = known[:2]
                spoken = protocols.setdefault(str(number), (transport, service, at))
                other_transport, second = spoken[:2]
                if (service, path) in reported or service.brought:
                    continue
                if other_number != number and first is not service:
                    reported.add((service, path))
                    message = f"{first} maps port {other_number} to {target} of the same pods, and only one can apply"
                    yield service.hit(
                        at,
                        message,
                        f"write port: {other_number} in both",
                        others=[known[1:], pods],
                    )
                elif other_transport != transport and second is not service:
                    reported.add((service, path))
                    message = (
                        f"{second} has port {number} of the same pods as {other_transport}, and only one can apply"
                    )
                    yield service.hit(
                        at,
                        message,
                        "use another port for one of them",
                        others=[spoken[1:], pods],
                    )


@object_rule("KIA0701")
def services_lead_to_ports_of_their_pods(graph: Graph) -> Iterator[Hit]:
    """A Service's targetPort is a port on which its pods listen, by number or by the name in a container.

    A name that no container has gives no endpoints: every request gets 503. A number that no container declares may
    still be open; mostly it is a typing error, and connections are refused.
    """
    for service in graph.of_kind("Service"):
        pods = [pod for pod in graph.pods_of(service) if pod.containers]
        # Of a gateway's ports, those of its Gateways are no container's; a name is one even so.
        gateways = [pod for pod in pods if is_gateway(pod)]
        if not pods:
            continue
        ports = [port for pod in pods for path, _ in pod.containers for _, port in pod.item.maps(*path, "ports")]
        names, numbers = ({str(port.get(key)) for port in ports if key in port} for key in ("name", "containerPort"))
        whole = all(any(pod.item.entries(*path, "ports") for path, _ in pod.containers) for pod in pods)
        for path, port in service.maps("spec", "ports"):
            target = port.get("targetPort") or port.get("port")
            at = (*path, "targetPort" if port.get("targetPort") else "port")
            if isinstance(target, str) and not target.isdigit() and target not in names:
                message = f"no container of {pods[0].item} has a port named {target}, so this port has no endpoint: 503"
                known = (
                    f"write one of {', '.join(sorted(names))}" if names else f"name a port of the container {target}"
                )
                others = [(pod.item, ("metadata", "name")) for pod in pods[:1]]
                yield service.hit(at, message, known, others=others)
            elif not gateways and str(target).isdigit() and whole and str(target) not in numbers:
                message = (
                    f"no container of {pods[0].item} declares port {target}; if none listens there, connections "
                    "are refused"
                )
                remedy = f"write one of {', '.join(sorted(numbers))}, or add the port to the container"
                yield service.hit(at, message, remedy, severity="info")
