"""Which fields do Istio's objects have that Istio has replaced, or reads no more?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map

_POLICIES = ("trafficPolicy", "trafficPolicy.portLevelSettings", "subsets.trafficPolicy")
_RING = "loadBalancer.consistentHash.minimumRingSize"
# Istio's protos say `deprecated`, istio/api networking/v1alpha3; lists are passed without their index.
_FIELDS: dict[str, dict[str, str]] = {
    "VirtualService": {
        "http.mirrorPercent": "write mirrorPercentage: {value: ...}",
        "http.mirror_percent": "write mirrorPercentage: {value: ...}",
        "http.corsPolicy.allowOrigin": "write allowOrigins, a list of matches such as {exact: https://example.com}",
        "http.fault.delay.percent": "write percentage: {value: ...}",
    },
    "DestinationRule": {
        **{f"{policy}.outlierDetection.consecutiveErrors": "write consecutive5xxErrors" for policy in _POLICIES},
        **{f"{policy}.{_RING}": "write ringHash: {minimumRingSize: ...}" for policy in _POLICIES},
        **{f"{policy}.loadBalancer.warmupDurationSecs": "write warmup: {duration: ...}" for policy in _POLICIES},
    },
    "Gateway": {"servers.port.targetPort": "remove it: the gateway's Service says the port of its pods"},
}
_IGNORED = {"Sidecar": {"outboundTrafficPolicy.egressProxy": "remove it, and name the proxy in a VirtualService"}}
_OLD_VALUES = {"DestinationRule": {f"{policy}.loadBalancer.simple": "LEAST_CONN LEAST_REQUEST" for policy in _POLICIES}}


def _values(value: Any, names: list[str], path: Path) -> Iterator[tuple[Path, Any]]:
    """What stands behind these names, through lists."""
    if isinstance(value, list):
        for index, each in enumerate(cast("list[Any]", value)):
            yield from _values(each, names, (*path, index))
    elif not names:
        yield path, value
    elif isinstance(value, dict) and names[0] in value:
        yield from _values(cast("dict[str, Any]", value)[names[0]], names[1:], (*path, names[0]))


@object_rule("IST0002", severity="info")
def istio_fields_are_current(graph: Graph) -> Iterator[Hit]:
    """A field that Istio has deprecated has a newer one: the old one is read for now, or is not read at all."""
    for kind, fields in _FIELDS.items():
        for item, path, name, remedy in _found(graph, kind, fields):
            yield item.hit(path, f"Istio has deprecated {name}", remedy)
    for kind, fields in _IGNORED.items():
        for item, path, name, remedy in _found(graph, kind, fields):
            yield item.hit(path, f"Istio does not read {name}, so this has no effect", remedy, severity="warning")
    for kind, fields in _OLD_VALUES.items():
        for item, path, _, new in _found(graph, kind, fields):
            old, _, instead = new.partition(" ")
            if item.get(*path) == old:
                yield item.hit(path, f"Istio has deprecated {old}", f"write {instead}")
    yield from _of_providers(graph)


def _found(graph: Graph, kind: str, fields: Mapping[str, str]) -> Iterator[tuple[Item, Path, str, str]]:
    for item in graph.of_kind(kind):
        for names, told in fields.items():
            for path, _ in _values(item.spec, names.split("."), ("spec",)):
                yield item, path, names.rpartition(".")[2], told


def _of_providers(graph: Graph) -> Iterator[Hit]:
    """Telemetries that name a provider of a kind that Istio has deprecated."""
    providers = as_list(as_map(graph.mesh_config).get("extensionProviders"))
    old = {str(each.get("name")) for each in map(as_map, providers) if "lightstep" in cast("Mapping[str, Any]", each)}
    for item in graph.of_kind("Telemetry") if old else ():
        for path, name in _values(item.spec, ["tracing", "providers", "name"], ("spec",)):
            if name in old:
                message = "Istio has deprecated providers of the kind lightstep"
                yield item.hit(path, message, "define an opentelemetry provider, which Lightstep takes")
