"""Would the API server take every Service and its pods, and do its ports and its selector mean something?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.elsewhere import are_usual_pods, close
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.sidecars import has_sidecar, is_gateway
from fairlead_mesh.model.pods.workloads import TEMPLATED, labels_in_words, service_selector, template_selector
from fairlead_mesh.model.protocols import HTTP, service_protocol

_LAST_PORT = 65535
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_STREAMS = ("TCP", "UDP", "SCTP")
# istio.io, ops/deployment/application-requirements: ports of the proxy and its agent.
_RESERVED = (15000, 15001, 15004, 15006, 15008, 15020, 15021, 15053, 15090)
_SPOKEN = {1433: "SQL Server", 3306: "MySQL", 5432: "PostgreSQL", 6379: "Redis", 9092: "Kafka", 27017: "MongoDB"}


def _core_services(graph: Graph) -> list[Item]:
    return [item for item in graph.of_kind("Service") if item.manifest.get("apiVersion") == "v1"]


@object_rule()
def service_ports_are_whole(graph: Graph) -> Iterator[Hit]:
    """A Service's ports have numbers from 1 to 65535 and, if there are several, names, each once per protocol.

    The API server rejects any other Service.
    """
    for item in _core_services(graph):
        listed = item.maps("spec", "ports")
        numbers, names = set[tuple[str, str]](), set[str]()
        for path, port in listed:
            number, stream = port.get("port"), str(port.get("protocol", "TCP"))
            name = None if port.get("name") is None else str(port["name"])
            at = (*path, "port") if "port" in port else path
            if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= _LAST_PORT:
                message = "a port is a number from 1 to 65535, so the API server rejects the Service"
                yield item.hit(at, message, "write port: 80")
            elif (str(number), stream) in numbers:
                message = f"{stream} port {number} is a duplicate, so the API server rejects the Service"
                yield item.hit(at, message, "remove one of the two, or use another port")
            if stream not in _STREAMS:
                message = f"{stream} is not TCP, UDP or SCTP, so the API server rejects the Service"
                yield item.hit((*path, "protocol"), message, "write protocol: TCP; what it speaks goes into the name")
            at = (*path, "name") if "name" in port else path
            if name is None and len(listed) > 1:
                message = "of several ports each has a name, so the API server rejects the Service"
                yield item.hit(at, message, "add a name such as http or tcp-metrics")
            elif name is not None and (name in names or not _NAME.fullmatch(name)):
                why = "is the name of two ports" if name in names else "is not lower-case letters, digits and '-'"
                yield item.hit(at, f"{name} {why}, so the API server rejects the Service", "write another name")
            numbers.add((str(number), stream))
            names |= {name} if name is not None else set()


@object_rule(severity="warning")
def services_select_pods(graph: Graph) -> Iterator[Hit]:
    """A Service's selector matches pods of its namespace: without any, every request to it gets 503.

    Nothing else says so: the Service is accepted and has no endpoints.
    """
    for item in _core_services(graph) if graph.closed else ():
        selector = service_selector(item)
        pods = graph.workloads.get(item.namespace, [])
        whole = item.get("spec", "type") != "ExternalName" and bool(pods)
        usual = are_usual_pods(selector) and not any(map(is_gateway, pods))
        if (
            not selector
            or not whole
            or usual
            or graph.pods_of(item)
            or graph.machines.selected(item.namespace, selector)
        ):
            continue
        # A Service that selects its own name means pods of its own: cartservice's are no misspelt adservice.
        own = item.name in selector.values()
        free = (pod for pod in pods if not own or not graph.services_of.get(pod))
        near = next((pod for pod in free if _is_near(selector, pod.labels)), None)
        message = f"no pods in {item.namespace} have the labels {labels_in_words(selector)}: requests get 503"
        remedy = "write the labels of the pod template"
        others = [(near.item, (*near.at, "metadata", "labels"))] if near else []
        if near:
            known = {key: near.labels[key] for key in selector if key in near.labels}
            remedy = f"write {labels_in_words(known)}, as {near.item} has" if known else remedy
        yield item.hit(("spec", "selector"), message, remedy, severity=None if near else "info", others=others)


def _is_near(selector: dict[str, Any], labels: Any) -> bool:
    """Whether pods have these labels but for one value, which differs by little."""
    wrong = [key for key, value in selector.items() if labels.get(key) != value]
    if len(wrong) != 1 or wrong[0] not in labels:
        return False
    return bool(close(str(selector[wrong[0]]), [str(labels[wrong[0]])]))


@object_rule(severity="info")
def services_without_a_selector_have_endpoints(graph: Graph) -> Iterator[Hit]:
    """A Service without a selector gets its endpoints from an EndpointSlice or Endpoints that somebody writes."""
    written = {(item.namespace, item.name) for item in graph.all_of_kind("Endpoints")}
    slices = graph.all_of_kind("EndpointSlice")
    written |= {(item.namespace, str(item.labels.get("kubernetes.io/service-name"))) for item in slices}
    for item in _core_services(graph) if graph.closed else ():
        known = item.get("spec", "type") == "ExternalName" or (item.namespace, item.name) in written
        if not service_selector(item) and not known:
            at = ("spec", "selector") if "selector" in item.spec else ("spec",)
            message = "without a selector and without an EndpointSlice it has no endpoints: requests get 503"
            yield item.hit(at, message, "add a selector, or an EndpointSlice with its label kubernetes.io/service-name")


@object_rule(severity="warning")
def port_names_fit_their_protocol(graph: Graph) -> Iterator[Hit]:
    """The name of a port says what is spoken on it: HTTP is never spoken over UDP, nor by a database.

    Envoy takes the bytes of a database for HTTP and answers 400, or closes the connection.
    """
    for item in _core_services(graph):
        for path, port in item.maps("spec", "ports"):
            named = service_protocol({**port, "protocol": "TCP", "port": 0})
            stream, number = port.get("protocol", "TCP"), port.get("port")
            at = (*path, "name") if "name" in port else path
            if stream == "UDP" and named and named != "UDP":
                message = f"the name says {named}, and the port is UDP, which Istio does not handle"
                yield item.hit((*path, "protocol"), message, "remove protocol: UDP, or write name: udp-...")
            elif stream == "TCP" and named == "UDP":
                yield item.hit(
                    at, "the name says UDP, and the port is TCP", "add protocol: UDP, or write name: tcp-..."
                )
            elif named in HTTP and isinstance(number, int) and number in _SPOKEN and "appProtocol" not in port:
                message = f"the name says {named}, and {number} is the port of {_SPOKEN[number]}"
                yield item.hit(at, message, "write name: tcp-... if that is what listens there", severity="info")


@object_rule()
def selectors_match_their_templates(graph: Graph) -> Iterator[Hit]:
    """The selector of a Deployment matches the labels of its own pods: the API server rejects another one."""
    for item in graph.of_kind(*TEMPLATED):
        chosen = template_selector(item)
        labels = as_map(item.get("spec", "template", "metadata", "labels"))
        for key, value in chosen.items() if item.kind not in ("Job", "ReplicationController") else ():
            if labels.get(key) != value and isinstance(value, str):
                written = f"its pods have {labels[key]}" if key in labels else "its pods have no such label"
                message = f"{written}, so the API server rejects the {item.kind}"
                yield item.hit(("spec", "selector", "matchLabels", key), message, "write the same in both places")


@object_rule(severity="warning")
def pods_leave_the_proxys_ports_free(graph: Graph) -> Iterator[Hit]:
    """Ports of the proxy and its agent are taken in pods with a sidecar: an app that listens there cannot start."""
    for pod in graph.pods.all:
        if pod.item.brought or is_gateway(pod) or not has_sidecar(graph, pod):
            continue
        for container, each in pod.containers:
            for path, port in pod.item.maps(*container, "ports") if each.get("name") != "istio-proxy" else ():
                if port.get("containerPort") in _RESERVED:
                    message = f"the sidecar listens on {port['containerPort']}, so the app cannot"
                    yield pod.item.hit((*path, "containerPort"), message, "let the app listen on another port")
