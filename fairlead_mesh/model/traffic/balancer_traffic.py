"""How does a request from outside get to a gateway's pods? Through the Service and the load balancer before them.

Source of the annotations: AWS Load Balancer Controller, guide/service/annotations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairlead_mesh.model.gateways.gateway_traffic import at_gateway
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.traffic.mesh import Mesh
from fairlead_mesh.model.traffic.outcome import REFUSED, Outcome, Step, after

_AWS = "service.beta.kubernetes.io/aws-load-balancer-"
SCHEME = f"{_AWS}scheme"
_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"


def from_internet(mesh: Mesh, request: Request) -> list[Outcome]:
    """What becomes of a request to the address of a gateway's Service."""
    namespace, _, name = request.gateway.partition("/")
    service = mesh.graph.services.get((namespace, name))
    pods = [] if service is None else mesh.graph.selected(namespace, as_map(service.get("spec", "selector")))
    if service is None or not pods:
        return [_refused(f"there is no Service {request.gateway} with pods", service)]
    if reason := _closed(service):
        return [_refused(f"Service {request.gateway} {reason}", service)]
    port = next((each for _, each in service.maps("spec", "ports") if each.get("port") == request.port), None)
    target = pods[0].number_of(port) if port else None
    if port is None or target is None:
        return [_refused(f"Service {request.gateway} has no port {request.port}", service)]
    steps = [Step(f"Service {request.gateway} port {request.port}{_sources(service)}", service)]
    if request.scheme == "https" and _ends_tls(service, port):
        steps.append(Step("the load balancer terminates TLS", service))
        request = request.changed(scheme="http")
    return after(at_gateway(mesh, pods[0], target, request), *steps)


def _refused(text: str, item: Item | None) -> Outcome:
    return Outcome(error=REFUSED, steps=(Step(text, item),))


def _closed(service: Item) -> str:
    """Why nobody outside reaches a Service; empty where somebody may."""
    kind = service.get("spec", "type") or "ClusterIP"
    if kind not in ("LoadBalancer", "NodePort"):
        return f"is {kind}: it can be reached only from the cluster"
    return "has an internal load balancer: it cannot be reached from the internet" if is_internal(service) else ""


def is_open(service: Item) -> bool:
    """Whether somebody outside of the cluster reaches a Service."""
    return not _closed(service)


def is_internal(service: Item) -> bool:
    """Whether its load balancer has addresses inside of the network alone."""
    internal = str(service.annotations.get(f"{_AWS}internal", "")).lower() == "true"
    return service.annotations.get(SCHEME) == "internal" or internal


def source_ranges(service: Item) -> list[str]:
    """The sources that a load balancer is open to, as networks or security groups; none where nobody names them."""
    named = [str(each) for each in as_list(service.get("spec", "loadBalancerSourceRanges"))]
    annotated = (service.annotations.get(key) for key in (f"{_AWS}security-groups", _RANGES))
    return named + [each.strip() for text in annotated if text for each in str(text).split(",")]


def ends_all_tls(service: Item) -> bool:
    """Whether a load balancer terminates TLS on every port of a Service."""
    ports = [port for _, port in service.maps("spec", "ports")]
    return bool(ports) and all(_ends_tls(service, port) for port in ports)


def _sources(service: Item) -> str:
    named = [str(each) for each in as_list(service.get("spec", "loadBalancerSourceRanges"))]
    if groups := service.annotations.get(f"{_AWS}security-groups"):
        return f", from sources that the security groups {groups} allow"
    return f", from {', '.join(named)} only" if named else ""


def _ends_tls(service: Item, port: Mapping[str, Any]) -> bool:
    if not service.annotations.get(f"{_AWS}ssl-cert"):
        return False
    ports = [each.strip() for each in str(service.annotations.get(f"{_AWS}ssl-ports") or "*").split(",")]
    return "*" in ports or str(port.get("port")) in ports or str(port.get("name")) in ports
