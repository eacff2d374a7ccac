"""Is every ServiceEntry one that istiod takes: hosts, ports and addresses that fit its resolution?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.lint.security.authorization_policy_rules import is_network
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.protocols import HTTP, TLS, parsed

_PORT_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_HOST_LABEL = re.compile(r"[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?")
_REFUSED = "so istiod rejects the ServiceEntry"
_LAST_PORT = 65535


def resolution_of(item: Item) -> str:
    """How Envoy finds the endpoints; left out it sends to the address that the client asked for."""
    return str(item.get("spec", "resolution") or "NONE")


@object_rule("webhook")
def service_entries_have_hosts(graph: Graph) -> Iterator[Hit]:
    """A ServiceEntry adds hosts to the mesh: istiod rejects one without hosts, and one for every host (`*`)."""
    for item in graph.of_kind("ServiceEntry"):
        if not item.entries("spec", "hosts"):
            at: Path = (
                ("spec", "hosts") if "hosts" in item.spec else ("spec",) if "spec" in item.manifest else ("metadata",)
            )
            yield item.hit(at, f"this has no host, {_REFUSED}", "add hosts: [api.example.com]")
        for place, host in item.entries("spec", "hosts"):
            if host == "*":
                remedy = "write *.example.com, or set outboundTrafficPolicy.mode: ALLOW_ANY in the mesh config"
                yield item.hit(place, f"* would match every host, {_REFUSED}", remedy)
            elif not all(map(_HOST_LABEL.fullmatch, str(host).removeprefix("*.").removesuffix(".").split("."))):
                yield item.hit(place, f"{host} is not a DNS name, {_REFUSED}", "write api.example.com or *.example.com")


@object_rule("webhook")
def service_entry_ports_are_whole(graph: Graph) -> Iterator[Hit]:
    """A ServiceEntry port has a unique number, a unique name and a supported protocol; else istiod rejects it."""
    for item in graph.of_kind("ServiceEntry"):
        seen: dict[str, set[Any]] = {"number": set(), "name": set()}
        for path, port in item.maps("spec", "ports"):
            for key in ("number", "name"):
                if str(port.get(key)) in seen[key] and key in port:
                    message = f"{port[key]} is already the {key} of another port, {_REFUSED}"
                    yield item.hit((*path, key), message, f"give this port another {key}, or remove it")
                seen[key].add(str(port.get(key)))
            number, name, protocol = port.get("number"), str(port.get("name") or ""), port.get("protocol")
            if not isinstance(number, int) or not 1 <= number <= _LAST_PORT:
                at = (*path, "number") if "number" in port else path
                yield item.hit(at, f"a port has a number from 1 to 65535, {_REFUSED}", "write number: 443")
            if not _PORT_NAME.fullmatch(name):
                at = (*path, "name") if "name" in port else path
                shape = "has a name of lower-case letters, digits and '-'"
                message = f"a port {shape}, {_REFUSED}" if name else f"this port has no name, {_REFUSED}"
                yield item.hit(at, message, f"write name: {_port_name(port, seen['name'])}")
            if protocol and not parsed(protocol):
                message = f"{protocol} is not a protocol that Istio supports, {_REFUSED}"
                yield item.hit(
                    (*path, "protocol"), message, "write HTTP, HTTPS, GRPC, HTTP2, TLS, TCP, MONGO, REDIS or MYSQL"
                )


def _port_name(port: dict[str, Any], taken: set[Any]) -> str:
    """The usual one: its protocol, and its number where another port of that protocol has the name."""
    protocol = str(port.get("protocol") or "tcp").lower()
    return f"{protocol}-{port.get('number')}" if protocol in taken or not parsed(protocol) else protocol


@object_rule("webhook")
def addresses_fit_the_resolution(graph: Graph) -> Iterator[Hit]:
    """Clients connect to addresses: a network is valid only if Envoy keeps the destination or has its endpoints."""
    for item in graph.of_kind("ServiceEntry"):
        resolution = resolution_of(item)
        for place, address in item.entries("spec", "addresses"):
            if not is_network(str(address)):
                message = f"{address} is neither an address nor a network, {_REFUSED}"
                yield item.hit(place, message, "write 240.240.1.1 or 10.20.0.0/16; names go under hosts")
            elif resolution == "DYNAMIC_DNS":
                message = f"DYNAMIC_DNS resolves the host of the request, {_REFUSED}"
                yield item.hit(place, message, "remove addresses, or write resolution: DNS")
            elif "/" in str(address) and resolution not in ("NONE", "STATIC"):
                message = f"with {resolution} a network has no single address, {_REFUSED}"
                yield item.hit(place, message, "write single addresses, or resolution: NONE")


@object_rule("webhook")
def several_hosts_can_be_told_apart(graph: Graph) -> Iterator[Hit]:
    """On a TCP port Envoy cannot tell several hosts apart, so istiod rejects such a ServiceEntry."""
    for item in graph.of_kind("ServiceEntry"):
        if resolution_of(item) in ("NONE", "DYNAMIC_DNS") or len(item.entries("spec", "hosts")) <= 1:
            continue
        for path, port in item.maps("spec", "ports"):
            if port.get("protocol") and parsed(port["protocol"]) not in (None, *HTTP, *TLS):
                message = f"{port['protocol']} cannot tell the hosts apart, {_REFUSED}"
                yield item.hit((*path, "protocol"), message, "write a ServiceEntry for each host, or HTTP or TLS here")
                break


@object_rule("IST0134", severity="warning")
def tcp_entries_have_addresses(graph: Graph) -> Iterator[Hit]:
    """A TCP ServiceEntry without addresses receives all TCP traffic to its port, at every address.

    All TCP traffic of the mesh to that port, whatever its destination, goes to this one host.
    """
    metadata = as_map(as_map((graph.mesh_config or {}).get("defaultConfig")).get("proxyMetadata"))
    captured = str(metadata.get("ISTIO_META_DNS_CAPTURE")).lower() == "true"
    for item in graph.of_kind("ServiceEntry"):
        allotted = captured and item.labels.get("networking.istio.io/enable-autoallocate-ip") != "false"
        if item.entries("spec", "addresses") or item.entries("status", "addresses"):
            continue
        if allotted and resolution_of(item) != "NONE":
            continue
        for path, port in item.maps("spec", "ports"):
            if str(port.get("protocol") or "TCP").upper() == "TCP":
                at = (*path, "protocol") if "protocol" in port else path
                message = (
                    f"without addresses this receives all TCP traffic to port {port.get('number')}, whatever its host"
                )
                remedy = "add addresses: [...], set ISTIO_META_DNS_CAPTURE in the mesh config, or write TLS or HTTP"
                yield item.hit(at, message, remedy)
