"""What does a Gateway tell its pods to listen for? Its servers as typed values, and the pods that it means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.findings import Path
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.protocols import HTTP, parsed
from fairlead_mesh.model.virtual_service import strings

# Left out, the mode is the first of its enumeration.
PASSED_THROUGH = ("PASSTHROUGH", "AUTO_PASSTHROUGH")


@dataclass(frozen=True)
class Listener:
    """A port of a Gateway: for which hosts, and how."""

    port: str
    hosts: tuple[str, ...]
    protocol: str
    tls: Mapping[str, Any]


def gateway_selector(gateway: Item) -> dict[str, Any]:
    """The labels of the pods that a Gateway is for."""
    return as_map(gateway.get("spec", "selector"))


def placed_servers(gateway: Item) -> list[tuple[Path, dict[str, Any]]]:
    """Each server as it is written, with its path."""
    return gateway.maps("spec", "servers")


def speaks_http(server: Mapping[str, Any]) -> bool:
    """Whether a server reads HTTP requests: plain ones, or those of HTTPS that terminate TLS."""
    protocol = parsed(as_map(server.get("port")).get("protocol"))
    mode = str(as_map(server.get("tls")).get("mode") or PASSED_THROUGH[0])
    return protocol in HTTP or (protocol == "HTTPS" and mode not in PASSED_THROUGH)


def passed_on(gateways: Iterable[Item]) -> str:
    """The protocol that Gateways pass on unread, where no server of theirs reads HTTP; empty where one does."""
    listed = [server for each in gateways for _, server in placed_servers(each)]
    return "" if any(map(speaks_http, listed)) else next((str(_port(each).get("protocol")) for each in listed), "")


def _port(server: Mapping[str, Any]) -> dict[str, Any]:
    return as_map(server.get("port"))


def servers(gateway: Item) -> Iterator[Listener]:
    """Each server, as the object has it."""
    for place, server in placed_servers(gateway):
        port = as_map(server.get("port"))
        number, hosts = str(port.get("number", "")), tuple(host for _, host in strings(gateway, *place, "hosts"))
        yield Listener(number, hosts, str(port.get("protocol", "")), as_map(server.get("tls")))


def listeners(gateway: Item) -> dict[str, Listener]:
    """Port -> what is listened for; several servers of a port are one listener."""
    hosts: dict[str, set[str]] = defaultdict(set)
    found: dict[str, Listener] = {}
    for server in servers(gateway):
        number = server.port or "without a number"
        hosts[number] |= {host.removeprefix("*/") for host in server.hosts}
        known = found.get(number)
        tls = {**(known.tls if known else {}), **server.tls}
        found[number] = Listener(number, tuple(sorted(hosts[number])), server.protocol.upper(), tls)
    return found
