"""Are two objects the same to Istio, though they are written in two ways? Both in one form: full names, defaults left
out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import product
from typing import Any, cast

from fairlead_mesh.model.graph import Graph, full_host, service_key
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.virtual_service import MESH

_DEFAULTS: dict[str, Any] = {"exportTo": ["*"], "redirectCode": 301, "match": [{}], "mode": "SIMPLE", "action": "ALLOW"}
"""What a key that is not set means, where that can be said of the key alone."""
_ANY_OF = ("principals", "namespaces", "ipBlocks", "remoteIpBlocks")


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
    elif item.kind == "ServiceEntry":
        # A port's name is for people, and TLS is told by its server name, as HTTPS is.
        ports = [{**each, "name": "", "protocol": _protocol(each)} for each in as_maps(spec.get("ports"))]
        spec |= {"ports": ports, "location": spec.get("location", "MESH_EXTERNAL")}
        spec["resolution"] = spec.get("resolution", "NONE")
    elif item.kind == "AuthorizationPolicy":
        spec["rules"] = _each_alone(as_list(spec.get("rules")))
    elif item.kind == "Gateway":
        spec["servers"] = [{**each, "hosts": sorted(map(str, as_list(each.get("hosts"))))} for each in _servers(spec)]
    return _plain(spec, item.namespace, graph)


def _protocol(port: Mapping[str, Any]) -> str:
    said = str(port.get("protocol", "")).upper()
    return "TLS" if said == "HTTPS" else said


def _each_alone(rules: list[Any]) -> list[Any]:
    """Rules with one source and one operation each: Istio applies a policy where one of its rules matches."""
    found: dict[str, Any] = {}
    for rule in map(as_map, rules):
        sources = [one for each in as_maps(rule.get("from")) or [{}] for one in _single(as_map(each.get("source")))]
        operations = [as_map(each.get("operation")) for each in as_maps(rule.get("to")) or [{}]]
        when = sorted(as_maps(rule.get("when")), key=lambda each: str(each.get("key")))
        for each in product(sources, operations):
            alone = {"source": _ordered(each[0]), "operation": _ordered(each[1]), "when": [*map(_ordered, when)]}
            found[json.dumps(alone, sort_keys=True)] = alone
    # A rule without conditions matches every request, and no rule at all matches none.
    return [found[key] | {"is": "rule"} for key in sorted(found)]


def _single(source: dict[str, Any]) -> list[dict[str, Any]]:
    """One value a key: any of those that are listed will do."""
    lists = {key: as_list(value) for key, value in source.items() if key in _ANY_OF and as_list(value)}
    others = {key: value for key, value in source.items() if key not in lists}
    return [others | dict(zip(lists, ([each] for each in values), strict=True)) for values in product(*lists.values())]


def _ordered(said: Mapping[str, Any]) -> dict[str, Any]:
    return {key: sorted(map(str, value)) if isinstance(value, list) else value for key, value in said.items()}  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


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
    ports = service_ports(graph, host)
    return ports[0] if len(ports) == 1 else None


def service_ports(graph: Graph, host: str) -> list[int]:
    """The ports of a Service; none where nobody knows them."""
    key = service_key(host, "")
    service = graph.services.get(key) if key else None
    return [int(each["port"]) for each in as_maps(service.get("spec", "ports")) if "port" in each] if service else []
