"""Which ports do the routes of an app send requests to? Those that they say, or the only one that a Service has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fairlead_mesh.drafts.alike import service_ports
from fairlead_mesh.drafts.route_draft import PROTOCOLS, destination_of, destinations_in
from fairlead_mesh.drafts.said import UnsaidError
from fairlead_mesh.model.graph import Graph, full_host
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map


def destinations_of(routed: Sequence[Item]) -> list[dict[str, Any]]:
    """Every destination of these VirtualServices, in their order."""
    return [found for each in routed for key in PROTOCOLS for found in destinations_in(each.spec.get(key))]


def ports_of(routed: Sequence[Item], graph: Graph) -> dict[str, int]:
    """Full name of a Service -> the port that requests go to there. Raises UnsaidError."""
    found: dict[str, int] = {}
    for each in destinations_of(routed):
        host = full_host(destination_of(each)[0], routed[0].namespace)
        said = as_map(each.get("port")).get("number")
        port = int(said) if said is not None else only_port_of(graph, host)
        if found.setdefault(host, port) != port:
            raise UnsaidError(f"several ports of {host}")
    return found


def only_port_of(graph: Graph, host: str, *, any_of_them: bool = False) -> int:
    """The port of a Service that has one, or the first one where no object says a port. Raises UnsaidError."""
    ports = service_ports(graph, host)
    if not ports:
        raise UnsaidError(f"no port of {host}, whose Service is not known")
    if len(ports) > 1 and not any_of_them:
        raise UnsaidError(f"no port of {host}, whose Service has several")
    return ports[0]
