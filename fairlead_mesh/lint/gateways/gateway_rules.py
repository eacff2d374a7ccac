"""Are the servers of a Gateway whole: hosts, ports and names that istiod takes?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.gateway_listeners import placed_servers
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.protocols import HTTP, TLS, parsed

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_HOST_LABEL = re.compile(r"[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?")
_LAST_PORT = 65535


def istio_gateways(graph: Graph) -> list[Item]:
    """Istio's Gateways that somebody wrote; the Gateway API has a kind of that name too."""
    return [item for item in graph.gateways.values() if not item.brought]


def each_server(graph: Graph) -> Iterator[tuple[Item, Path, dict[str, Any]]]:
    """Every server of Istio's Gateways: the Gateway, its path and what it says."""
    for item in istio_gateways(graph):
        for path, server in placed_servers(item):
            yield item, path, server


@object_rule("webhook")
def gateways_serve_hosts(graph: Graph) -> Iterator[Hit]:
    """A Gateway needs a server and each server a host; otherwise istiod rejects it and no port opens.

    Without the webhook the port stays closed: the load balancer's health check passes and every connection is refused.
    """
    for item in istio_gateways(graph):
        if not placed_servers(item):
            at: Path = ("spec", "servers") if item.get("spec", "servers") is not None else ("spec",)
            remedy = "add a server with a port and hosts under spec.servers"
            yield item.hit(at, "this Gateway has no server, so istiod rejects it and no port opens", remedy)
        for path, server in placed_servers(item):
            if not item.entries(*path, "hosts"):
                at = (*path, "hosts") if server.get("hosts") is not None else path
                message = "this server has no host, so istiod rejects the Gateway and no port opens"
                yield item.hit(at, message, "add hosts such as [shop.example.com], or ['*'] for all")


@object_rule("webhook")
def gateway_hosts_are_names(graph: Graph) -> Iterator[Hit]:
    """Hosts of a Gateway are full names, alone or after a namespace and a slash; istiod rejects others.

    The webhook rejects the whole object, so its valid hosts do not change either.
    """
    for item, path, _ in each_server(graph):
        for place, host in item.entries(*path, "hosts"):
            if isinstance(host, str) and (why := _no_gateway_host(host)):
                remedy = "write shop.example.com, *.example.com or *, or one of them after namespace/"
                yield item.hit(place, f"{host or 'an empty host'} {why}, so istiod rejects the Gateway", remedy)


def _no_gateway_host(host: str) -> str:
    namespace, slash, name = host.rpartition("/")
    if slash and namespace not in ("*", ".") and not _LABEL.fullmatch(namespace):
        return "has no namespace, * or . before its slash"
    if name == "*":
        return ""
    if "." not in name and not _is_address(name):
        return "is a short name, which clients outside do not send"
    if "*" in name and not name.startswith("*."):
        return "has a * that is not the whole first label"
    labels = name.removeprefix("*.").removesuffix(".").split(".")
    return "" if _is_address(name) or all(map(_HOST_LABEL.fullmatch, labels)) else "is not a DNS name"


def _is_address(name: str) -> bool:
    try:
        return bool(ip_address(name))
    except ValueError:
        return False


@object_rule("webhook")
def gateway_ports_are_whole(graph: Graph) -> Iterator[Hit]:
    """A server's port needs a number, a name and a supported protocol; otherwise istiod rejects the Gateway."""
    for item, path, server in each_server(graph):
        port = as_map(server.get("port"))
        if not port:
            remedy = "add port: {number: 80, name: http, protocol: HTTP}"
            yield item.hit(path, "this server has no port, so istiod rejects the Gateway", remedy)
            continue
        number, at = port.get("number"), (*path, "port")
        if not str(server.get("bind", "")).startswith("unix://") and not _is_port(number):
            place = (*at, "number") if number is not None else at
            yield item.hit(place, "a port has a number from 1 to 65535; istiod rejects this one", "write number: 80")
        if not port.get("name"):
            remedy = "add a name that starts with the protocol, such as name: http"
            yield item.hit(at, "this port has no name, so istiod rejects the Gateway", remedy)
        if not parsed(port.get("protocol")):
            place = (*at, "protocol") if port.get("protocol") is not None else at
            message = "a gateway does not support this protocol, so istiod rejects the Gateway"
            yield item.hit(place, message, "write HTTP, HTTPS, HTTP2, GRPC, TLS, TCP, MONGO, REDIS or MYSQL")
        if port.get("targetPort"):
            message = "a Gateway has no targetPort, so istiod rejects it: the number is the port that Envoy listens on"
            yield item.hit(
                (*at, "targetPort"), message, "remove it; the gateway's Service maps its port to this number"
            )


def _is_port(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= _LAST_PORT


@object_rule("webhook")
def server_port_names_are_unique(graph: Graph) -> Iterator[Hit]:
    """Port names of a Gateway's servers are unique: istiod rejects a Gateway that uses a name twice."""
    for item in istio_gateways(graph):
        seen: set[str] = set()
        for path, server in placed_servers(item):
            name = as_map(server.get("port")).get("name")
            if isinstance(name, str) and name in seen:
                message = f"two servers of this Gateway name their port {name}, so istiod rejects it"
                yield item.hit((*path, "port", "name"), message, f"use another name, such as {name}-2")
            seen.add(str(name))


@object_rule()
def servers_of_a_port_share_a_protocol(graph: Graph) -> Iterator[Hit]:
    """A port of a gateway has either HTTP, TLS or one other protocol: istiod drops a server that differs.

    No other tool reports it: the Gateway is accepted, istiod logs that it skips the server, and its hosts get 404 or a
    failed handshake.
    """
    for item in istio_gateways(graph):
        first: dict[tuple[Any, str], str] = {}
        for path, server in placed_servers(item):
            port = as_map(server.get("port"))
            protocol = parsed(port.get("protocol"))
            if not protocol or not _is_port(port.get("number")):
                continue
            family = "HTTP" if protocol in HTTP else "TLS" if protocol in TLS else protocol
            other = first.setdefault((port["number"], str(server.get("bind", ""))), family)
            if other != family:
                message = f"port {port['number']} already uses {other}, so istiod silently drops this server"
                remedy = f"use another port, or a protocol that is compatible with {other}"
                yield item.hit((*path, "port", "protocol"), message, remedy)
