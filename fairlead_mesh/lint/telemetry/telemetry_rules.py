"""Do Telemetries name providers that there are, and tags, overrides and filters that work?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.keys.nearest import nearest
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map

_LOGGING, _METRICS, _TRACING = "accessLogging", "metrics", "tracing"
_USES: dict[str, tuple[str, ...]] = {
    "prometheus": (_METRICS,),
    "stackdriver": (_LOGGING, _METRICS, _TRACING),
    "envoyFileAccessLog": (_LOGGING,),
    "envoyHttpAls": (_LOGGING,),
    "envoyTcpAls": (_LOGGING,),
    "envoyOtelAls": (_LOGGING,),
    "opentelemetry": (_TRACING,),
    "zipkin": (_TRACING,),
    "datadog": (_TRACING,),
    "skywalking": (_TRACING,),
    "lightstep": (_TRACING,),
    "opencensus": (_TRACING,),
}
# Istio's own, which a mesh config may define anew.
_OWN = {"envoy": "envoyFileAccessLog", "prometheus": "prometheus", "stackdriver": "stackdriver"}
_ROOTS = (
    *("request", "response", "source", "destination", "connection", "upstream", "metadata", "filter_state", "xds"),
    *("plugin_name", "plugin_root_id", "plugin_vm_id", "node", "cluster_name", "listener_direction", "route_name"),
    *("listener_metadata", "route_metadata", "cluster_metadata", "upstream_host_metadata", "true", "false", "null"),
    *("has", "size", "string", "int", "type", "in", "startsWith", "endsWith", "contains", "matches", "timestamp"),
    "duration",
)
# What the proxy's filter of metrics knows of the other side besides.
_PEERS = ("downstream_peer", "downstream_peer_id", "upstream_peer", "upstream_peer_id")
_ATTRIBUTES = {
    "response": (
        *("backend_latency", "code", "code_details", "flags", "grpc_status", "headers", "size", "total_size"),
        "trailers",
    ),
    "request": (
        *("duration", "headers", "host", "id", "method", "path", "protocol", "query", "referer", "scheme", "size"),
        *("time", "total_size", "url_path", "useragent"),
    ),
}
_TEXT = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_WORD = re.compile(r"(?<![\w.])([A-Za-z_]\w*)(?:\.(\w+))?")
_ENDS = re.compile(r"(?:[=!<>]=|[<>]|&&|\|\||[-+*/%?:.,(\[])\s*$")


@object_rule(severity="warning")
def telemetry_providers_exist(graph: Graph) -> Iterator[Hit]:
    """A provider of a Telemetry is Istio's own or one of the mesh config, for what it is named for.

    istiod logs another one and leaves it out: no access log, no metric and no trace is sent to it.
    """
    known = None if graph.mesh_config is None else _providers(graph.mesh_config)
    for item in graph.of_kind("Telemetry"):
        for signal in (_LOGGING, _METRICS, _TRACING):
            for path, _ in item.maps("spec", signal):
                for place, provider in item.maps(*path, "providers"):
                    if hit := _unknown(item, (*place, "name"), provider.get("name"), signal, known):
                        yield hit


def _providers(mesh_config: Mapping[str, Any]) -> dict[str, str]:
    """Name -> kind, Istio's own and those of the mesh config."""
    defined = map(as_map, as_list(mesh_config.get("extensionProviders")))
    return _OWN | {str(each.get("name")): next((key for key in each if key != "name"), "") for each in defined}


def _unknown(item: Item, path: Path, name: Any, signal: str, known: Mapping[str, str] | None) -> Hit | None:
    kinds = _OWN if known is None else known
    if not isinstance(name, str):
        return None
    if name not in kinds:
        near = nearest(name, kinds)
        if known is None and not near:
            return None
        message = f"the mesh config has no extension provider {name}, so nothing is sent to it"
        remedy = f"write {near}" if near else f"add it under extensionProviders, or write one of {', '.join(kinds)}"
        return item.hit(path, message, remedy, severity="info" if known is None else None)
    uses = _USES.get(kinds[name])
    if uses and signal not in uses:
        fit = [other for other, kind in kinds.items() if signal in _USES.get(kind, ())]
        message = f"{name} is for {' and '.join(uses)}, so {signal} sends nothing to it"
        return item.hit(path, message, f"write one of {', '.join(fit)}" if fit else f"define a provider for {signal}")
    return None


@object_rule("webhook")
def telemetry_tags_are_whole(graph: Graph) -> Iterator[Hit]:
    """A tag that is set has a value and one that is removed has none: the API server rejects another Telemetry."""
    for item in graph.of_kind("Telemetry"):
        for path, _ in item.maps("spec", "metrics"):
            for place, override in item.maps(*path, "overrides"):
                for name, tag in as_map(override.get("tagOverrides")).items():
                    at = (*place, "tagOverrides", name)
                    value, removed = as_map(tag).get("value"), as_map(tag).get("operation") == "REMOVE"
                    if as_map(tag).get("operation") == "UPSERT" and not value:
                        yield item.hit(at, "UPSERT has no value, so the API server rejects this", "add value")
                    elif removed and value is not None:
                        message = "REMOVE has a value, so the API server rejects this"
                        yield item.hit((*at, "value"), message, "remove value, or write operation: UPSERT")
        for path, tracing in item.maps("spec", "tracing"):
            for name, tag in as_map(tracing.get("customTags")).items():
                if isinstance(tag, dict) and not tag:
                    message = "this tag has neither literal, environment, header nor formatter, so it is never set"
                    yield item.hit(
                        (*path, "customTags", name), message, "add literal: {value: ...}", severity="warning"
                    )


@object_rule(severity="warning")
def log_filters_can_be_evaluated(graph: Graph) -> Iterator[Hit]:
    """The filter of an access log is an expression in CEL over Envoy's attributes; Envoy rejects another one.

    The listeners of the pods then keep their old configuration, with all their routes.
    """
    for item in graph.of_kind("Telemetry"):
        for path, _ in item.maps("spec", "accessLogging"):
            expression = item.get(*path, "filter", "expression")
            if isinstance(expression, str) and (why := _no_expression(expression)):
                remedy = "write one such as response.code >= 400 && !request.url_path.startsWith('/health')"
                yield item.hit((*path, "filter", "expression"), why, remedy)


@object_rule(severity="warning")
def metric_tags_can_be_evaluated(graph: Graph) -> Iterator[Hit]:
    """The value of a metric's tag is an expression in CEL over Envoy's attributes.

    A tag whose value cannot be read is left out, and one that names no attribute says unknown.
    Mixer's `request.host | "unknown"` and a log format's `%REQ(host)%` are no CEL. A text has quotes: `"eu"`.
    """
    for item in graph.of_kind("Telemetry"):
        for path, _ in item.maps("spec", "metrics"):
            for place, override in item.maps(*path, "overrides"):
                for name, tag in as_map(override.get("tagOverrides")).items():
                    value = as_map(tag).get("value")
                    if isinstance(value, str) and value and (why := _no_expression(value, _PEERS)):
                        remedy = "write an attribute such as request.host, or a text in quotes within the quotes"
                        yield item.hit(
                            (*place, "tagOverrides", name, "value"),
                            f"{why}, so this tag is left out or says unknown",
                            remedy,
                        )


def _no_expression(expression: str, roots: tuple[str, ...] = ()) -> str:
    plain = _TEXT.sub("''", expression)
    if "|" in plain.replace("||", ""):
        return "CEL has no operator |, only ||"
    if not plain.strip() or _ENDS.search(plain):
        return "the expression has no end"
    if any(plain.count(one) != plain.count(other) for one, other in ("()", "[]", "{}")) or '"' in plain:
        return "a bracket or a quote is not closed"
    for root, field in _WORD.findall(plain.replace("''", "")):
        if root not in (*_ROOTS, *roots):
            return f"{root} is not an attribute of Envoy"
        if field and root in _ATTRIBUTES and field not in _ATTRIBUTES[root]:
            near = nearest(field, _ATTRIBUTES[root])
            return f"{root}.{field} is not an attribute of Envoy" + (f"; {root}.{near} is" if near else "")
    return ""
