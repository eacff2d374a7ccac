"""Are two objects the same to Istio, though they are written in two ways? Both in one form: full names, defaults left
out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from fairlead_mesh.model.graph import Graph, full_host, service_key
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.virtual_service import MESH

_DEFAULTS: dict[str, Any] = {"exportTo": ["*"], "redirectCode": 301, "match": [{}], "mode": "SIMPLE"}
"""What a key that is not set means, where that can be said of the key alone."""


def plain_spec(item: Item, graph: Graph) -> Any:
    """The spec in one form. Equal ones treat the same requests in the same way."""
    spec = dict(item.spec)
    if item.kind == "VirtualService":
        spec["gateways"] = sorted(
            _gateway(str(each), item.namespace) for each in as_list(spec.get("gateways")) or [MESH]
        )
        spec["hosts"] = sorted(full_host(str(each), item.namespace) for each in as_list(spec.get("hosts")))
    elif item.kind == "DestinationRule":
        spec["host"] = full_host(str(spec.get("host", "")), item.namespace)
    elif item.kind == "Gateway":
        spec["servers"] = [{**each, "hosts": sorted(map(str, as_list(each.get("hosts"))))} for each in _servers(spec)]
    return _plain(spec, item.namespace, graph)


def _servers(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    return as_maps(spec.get("servers"))


def _gateway(name: str, namespace: str) -> str:
    return name if name == MESH or "/" in name else f"{namespace}/{name}"


def _plain(value: Any, namespace: str, graph: Graph) -> Any:
    if isinstance(value, list):
        return [_plain(each, namespace, graph) for each in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
    said = cast("dict[str, Any]", value)
    found: dict[str, Any] = {}
    for key in sorted(said):
        inner = said[key]
        if key in ("destination", "mirror") and isinstance(inner, dict):
            inner = _destination(as_map(inner), namespace, graph)
        elif key == "route":
            inner = _weighed(as_maps(inner))
        plain = _plain(inner, namespace, graph)
        if plain not in (None, {}, [], "") and inner != _DEFAULTS.get(key):
            found[key] = plain
    return found


def _weighed(destinations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A destination that is alone gets everything, whatever its weight."""
    if len(destinations) > 1:
        return destinations
    return [{key: value for key, value in each.items() if key != "weight"} for each in destinations]


def _destination(said: dict[str, Any], namespace: str, graph: Graph) -> dict[str, Any]:
    host = full_host(str(said.get("host", "")), namespace)
    port = as_map(said.get("port")).get("number") or only_port(graph, host)
    return {**said, "host": host, "port": {"number": port} if port else None}


def only_port(graph: Graph, host: str) -> int | None:
    """The port of a Service that has one; None where requests could go to several, or nobody knows."""
    key = service_key(host, "")
    service = graph.services.get(key) if key else None
    ports = as_maps(service.get("spec", "ports")) if service else []
    return int(ports[0]["port"]) if len(ports) == 1 and "port" in ports[0] else None
