"""Are the listeners of every Sidecar ones that istiod takes, on ports that pods and Services have?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.backends import Backends, ports
from fairlead_mesh.model.elsewhere import close
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.sidecar_listeners import (
    SidecarListener,
    configures_nothing,
    egress_listeners,
    imported_hosts,
    ingress_listeners,
)
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.protocols import parsed
from fairlead_mesh.model.reach import reach, selector_of

_LAST_PORT = 65535
_ENDPOINT = re.compile(r"(?:127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|):(\d{1,5})")
_REFUSED = "so istiod rejects the Sidecar"
_PROTOCOLS = "write HTTP, HTTPS, GRPC, HTTP2, TLS or TCP"
_HOSTS = "hosts: ['./*', 'istio-system/*']"
_UNIX = "unix://"

_OF_EVERY_CLUSTER = ("default", "kube-system")
"""Namespaces with Services that Kubernetes itself brings: its API and its DNS."""


@object_rule("webhook")
def sidecar_listeners_are_whole(graph: Graph) -> Iterator[Hit]:
    """A listener of a Sidecar has a port of its own, a protocol, hosts or an endpoint on localhost, as istiod reads it.

    The webhook rejects the whole Sidecar, and the proxies keep the configuration of all Services.
    """
    for item in graph.of_kind("Sidecar"):
        if configures_nothing(item):
            at = ("spec",) if "spec" in item.manifest else ("metadata", "name")
            yield item.hit(
                at, f"this configures nothing, {_REFUSED}", "add egress: [{hosts: ['./*', 'istio-system/*']}]"
            )
        for taken, listeners in ((set[int](), ingress_listeners(item)), (set[int](), egress_listeners(item))):
            for listener in listeners:
                yield from _port(item, listener, taken)
        yield from _ingress(item)
        yield from _egress(item)


def _port(item: Item, listener: SidecarListener, taken: set[int]) -> Iterator[Hit]:
    path, number = (*listener.path, "port"), listener.number
    if not listener.has_port:
        return
    place = (*path, "number") if "number" in listener.port else path
    if not listener.bind.startswith(_UNIX) and (number is None or not 1 <= number <= _LAST_PORT):
        yield item.hit(place, f"a port has a number from 1 to 65535, {_REFUSED}", "write number: 8080")
    elif number and number in taken:
        yield item.hit(place, f"another listener has port {number} already, {_REFUSED}", "remove one of the two")
    taken.add(number or 0)
    protocol = listener.port.get("protocol")
    if not parsed(protocol):
        at = (*path, "protocol") if protocol is not None else path
        what = f"{protocol} is not a protocol that Istio supports" if protocol is not None else "a port has a protocol"
        yield item.hit(at, f"{what}, {_REFUSED}", _PROTOCOLS)
    if listener.bind and not _binds(listener.bind):
        message = f"{listener.bind} is neither an address nor unix:///path, {_REFUSED}"
        yield item.hit((*listener.path, "bind"), message, "write an IP address, or remove bind")


def _binds(bind: str) -> bool:
    try:
        return bind.startswith((f"{_UNIX}/", f"{_UNIX}@")) or bool(ip_address(bind))
    except ValueError:
        return False


def _ingress(item: Item) -> Iterator[Hit]:
    for listener in ingress_listeners(item):
        found = _ENDPOINT.fullmatch(listener.endpoint)
        if not listener.has_port:
            yield item.hit(listener.path, f"an ingress listener has a port, {_REFUSED}", "add port")
        if not listener.endpoint or listener.endpoint.startswith(_UNIX):
            continue
        if not found or not 1 <= int(found[1]) <= _LAST_PORT:
            message = f"an endpoint is 127.0.0.1:port, 0.0.0.0:port, [::1]:port or unix:///path, {_REFUSED}"
            yield item.hit((*listener.path, "defaultEndpoint"), message, "write 127.0.0.1: and the port of the app")


def _egress(item: Item) -> Iterator[Hit]:
    listeners = egress_listeners(item)
    for listener in listeners:
        if not listener.value.get("hosts"):
            at = (*listener.path, "hosts") if "hosts" in listener.value else listener.path
            yield item.hit(at, f"an egress listener has a host, {_REFUSED}", f"add {_HOSTS}")
        if not listener.has_port and listener is not listeners[-1]:
            message = f"a listener without a port is for all that is left and comes last, {_REFUSED}"
            yield item.hit(listener.path, message, "move it to the end, or give it a port")
        capture = listener.value.get("captureMode")
        if listener.has_port and capture == "NONE" and not listener.bind:
            message = "nothing is redirected to this listener, and clients reach it only on 127.0.0.1"
            at = (*listener.path, "captureMode")
            yield item.hit(at, message, "remove captureMode, or add bind with the address", severity="info")


@object_rule(severity="warning")
def sidecar_listeners_have_ports_of_their_pods(graph: Graph) -> Iterator[Hit]:
    """An ingress listener is for a port of the pods' Services, and sends to one on which the app listens.

    Requests to a port that it leaves out reach the app without its settings; those that it sends elsewhere get 503.
    """
    for item in graph.of_kind("Sidecar"):
        pods = reach(graph, item).pods(graph) if selector_of(item) else []
        declared = {port.get("containerPort") for pod in pods for port in _declared(pod)}
        served = {number for pod in pods for number in _served(graph, pod)}
        for listener in ingress_listeners(item) if served else ():
            if listener.number and listener.number not in served:
                known = ", ".join(map(str, sorted(served)))
                message = f"no Service of {pods[0].item} sends to port {listener.number}, so this gets no request"
                yield item.hit((*listener.path, "port", "number"), message, f"write one of {known}")
            found = _ENDPOINT.fullmatch(listener.endpoint)
            if found and declared and int(found[1]) not in declared:
                message = f"no container of {pods[0].item} declares port {found[1]}; if none listens there: 503"
                yield item.hit(
                    (*listener.path, "defaultEndpoint"), message, "write the port of the app", severity="info"
                )


def _declared(pod: Workload) -> Iterator[dict[str, Any]]:
    for path, _ in pod.containers:
        yield from (port for _, port in pod.item.maps(*path, "ports"))


def _served(graph: Graph, pod: Workload) -> set[int]:
    """The pods' own ports that their Services send to."""
    ports_of = (port for each in graph.services_of.get(pod, []) for _, port in each.maps("spec", "ports"))
    return {number for port in ports_of if (number := pod.number_of(port))}


@object_rule(severity="warning")
def egress_listeners_have_ports_of_their_hosts(graph: Graph) -> Iterator[Hit]:
    """An egress listener on a port sends to those hosts that have this port: with none it takes no request."""
    backends = graph.once(Backends)
    for item in graph.of_kind("Sidecar"):
        for listener in egress_listeners(item):
            hosts = [host.partition("/")[2] for _, host in imported_hosts(item, listener)]
            if listener.number is None or any("*" in host or not host for host in hosts):
                continue
            behind = [each for host in hosts for each in backends.behind(host, item.namespace)]
            numbers = sorted({number for each in behind for number in ports(each)})
            if behind and listener.number not in numbers:
                message = f"none of these hosts has port {listener.number}, so this listener sends nothing"
                remedy = f"write one of {', '.join(map(str, numbers))}"
                yield item.hit((*listener.path, "port", "number"), message, remedy)


@object_rule("KIA1004", severity="warning")
def imported_namespaces_exist(graph: Graph) -> Iterator[Hit]:
    """A Sidecar imports from namespaces that exist: of a misspelt one, nothing, and its Services are unknown hosts."""
    known = {graph.root_namespace, *graph.namespaces, *(namespace for namespace, _ in graph.services)}
    for item in graph.of_kind("Sidecar") if graph.closed else ():
        for listener in egress_listeners(item):
            for place, host in imported_hosts(item, listener):
                name, slash, rest = host.partition("/")
                if not slash or rest != "*" or name in ("*", ".", *_OF_EVERY_CLUSTER, *known) or name.startswith("~"):
                    continue
                near = close(name, sorted(known))
                message = f"no Service of a namespace {name} is known, so this imports nothing"
                remedy = f"write {near}/*" if near else "write a namespace that has Services"
                yield item.hit(place, message, remedy, severity=None if near else "info")
