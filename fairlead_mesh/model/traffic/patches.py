"""What do EnvoyFilters and WasmPlugins do to a proxy? What cannot change an answer is a step; where one can, nobody
knows the outcome, and the reason is said.

Sources: Istio's references of EnvoyFilter and WasmPlugin, pilot/pkg/model/extensions.go, Envoy's list of filters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.reach import reach
from fairlead_mesh.model.traffic.mesh import Mesh, workload_name
from fairlead_mesh.model.traffic.outcome import Outcome, Step

AT_GATEWAY, INBOUND, OUTBOUND = "GATEWAY", "SIDECAR_INBOUND", "SIDECAR_OUTBOUND"
_WASM_MODES = {AT_GATEWAY: "CLIENT", INBOUND: "SERVER", OUTBOUND: "CLIENT"}
_OF_HTTP = ("HTTP_FILTER", "HTTP_ROUTE", "VIRTUAL_HOST", "ROUTE_CONFIGURATION")
_LIMITS = ("local_ratelimit", "ratelimit")
_OBSERVING = ("stats", "grpc_stats", "tap", "metadata_exchange", "header_to_metadata", "alpn", "compressor",
              "bandwidth_limit", "access_loggers", "cache_filter", "istio.stats", "peer_metadata")  # fmt: skip
"""Filters (the last part of their name) that let every request through as it is."""
_QUIET = frozenset({
    *("name", "@type", "typed_config", "access_log", "access_log_options", "tracing", "stat_prefix", "server_name"),
    *("server_header_transformation", "generate_request_id", "http_protocol_options", "proxy_status_config", "node"),
    *("common_http_protocol_options", "idle_timeout", "max_connection_duration", "stream_idle_timeout"),
    *("per_connection_buffer_limit_bytes", "socket_options", "tcp_backlog_size", "connect_timeout", "stats_sinks"),
    *("upstream_connection_options", "dns_refresh_rate", "dns_lookup_family", "respect_dns_ttl", "circuit_breakers"),
    *("close_connections_on_host_health_failure", "request_headers_timeout", "delayed_close_timeout", "stats_config"),
    *("stats_flush_interval", "alt_stat_name", "track_cluster_stats", "http2_protocol_options", "drain_timeout"),
    *("max_requests_per_connection", "preserve_external_request_id", "always_set_request_id_in_response"),
})  # fmt: skip
"""Fields of a merged patch that no outcome depends on."""


@dataclass(frozen=True)
class Through:
    """How requests pass a proxy: in which `direction`, at which port, and whether it reads them as HTTP."""

    mesh: Mesh
    workload: Workload
    direction: str
    port: int
    is_http: bool


def patched(way: Through, outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The outcomes behind a proxy, with a step for each object that changes it; open where one may decide them."""
    steps, reason = _read(way)
    found = [each.after(*steps) for each in outcomes]
    return [replace(each, open=reason) for each in found] if reason and not way.mesh.skips_patches else found


def _read(way: Through) -> tuple[list[Step], str]:
    steps: list[Step] = []
    reason = ""
    for item in way.mesh.graph.all_of_kind("EnvoyFilter", "WasmPlugin"):
        workload = way.workload
        if not reach(way.mesh.graph, item).holds_for(workload.namespace, workload.labels):
            continue
        said = list(dict.fromkeys(_wasm(item, way) if item.kind == "WasmPlugin" else _filters(item, way)))
        proxy = f"{item} changes the proxy of {workload_name(workload)}"
        for words, decides in said:
            steps.append(Step(f"{proxy}: {words}", item))
            reason = reason or (f"{proxy}: {words}" if decides else "")
    return steps, reason


def _wasm(item: Item, way: Through) -> Iterator[tuple[str, bool]]:
    listed = as_maps(item.spec.get("match"))
    for match in listed or [{}]:
        modes = (str(match.get("mode") or "CLIENT_AND_SERVER"), "UNDEFINED")
        ports = [each.get("number") for each in as_maps(match.get("ports"))]
        holds = any(_WASM_MODES[way.direction] in mode.split("_AND_") or mode == "UNDEFINED" for mode in modes[:1])
        if holds and (not ports or way.port in ports) and (way.is_http or item.spec.get("type") == "NETWORK"):
            yield "what the plugin does is not known here", True


def _filters(item: Item, way: Through) -> Iterator[tuple[str, bool]]:
    for each in as_maps(item.spec.get("configPatches")):
        applies, match, patch = str(each.get("applyTo")), as_map(each.get("match")), as_map(each.get("patch"))
        context = str(match.get("context") or "ANY")
        port = as_map(match.get("listener")).get("portNumber")
        if context not in ("ANY", way.direction) or (port and port != way.port):
            continue
        if (way.is_http or applies not in _OF_HTTP) and not _is_beside(applies, patch, way):
            yield _patch(applies, patch)


def _is_beside(applies: str, patch: Mapping[str, Any], way: Through) -> bool:
    """Whether a patch adds what requests at this port do not meet: a cluster, a named extension, another listener."""
    if patch.get("operation") != "ADD" or applies not in ("CLUSTER", "EXTENSION_CONFIG", "LISTENER"):
        return False
    address = as_map(as_map(as_map(patch.get("value")).get("address")).get("socket_address"))
    return applies != "LISTENER" or address.get("port_value") != way.port


def _patch(applies: str, patch: Mapping[str, Any]) -> tuple[str, bool]:
    """What a patch does in words, and whether an outcome may depend on it."""
    value, operation = as_map(patch.get("value")), str(patch.get("operation") or "")
    name = str(value.get("name") or "")
    words = _of_merge(applies, value) if operation == "MERGE" else _of_filter(applies, operation, value)
    if words or (applies == "BOOTSTRAP" and _keys(value) <= _QUIET):
        return words or "settings of BOOTSTRAP change no outcome", False
    what = f"{operation} {applies}{f' {name}' if name else ''}".strip() or "without a patch"
    return f"what {what} does is not known here", bool(applies)


def _of_filter(applies: str, operation: str, value: Mapping[str, Any]) -> str:
    """What is said of a filter that lets requests pass; empty where it may not."""
    name = str(value.get("name") or "")
    kind = name if name == "istio.stats" else name.rpartition(".")[2]
    if applies == "HTTP_FILTER" and operation == "REMOVE":
        return f"{name} is removed, which changes no outcome" if kind in _OBSERVING else ""
    if applies not in ("HTTP_FILTER", "NETWORK_FILTER") or operation in ("REMOVE", "REPLACE"):
        return ""
    needed = as_map(value.get("typed_config")).get("failure_mode_deny") is True
    unasked = ", and 500 while its service cannot be reached" if needed else ""
    limits = f"{name} answers 429 to requests over its limit{unasked}" if kind in _LIMITS else ""
    return f"{name} changes no outcome" if kind in _OBSERVING else limits


def _of_merge(applies: str, value: Mapping[str, Any]) -> str:
    """What is said of merged settings that no outcome depends on; empty where one may."""
    if applies in _OF_HTTP and _limits(value):
        return f"a rate limit of {applies} answers 429 to requests over it"
    if applies in ("HTTP_FILTER", "HTTP_ROUTE", "VIRTUAL_HOST") or not _keys(value) <= _QUIET:
        return ""
    return f"{', '.join(sorted(_leaves(value)))} of {applies} changes no outcome"


def _limits(value: Mapping[str, Any]) -> bool:
    """Whether all that is merged into a route, or around it, are rate limits."""
    inner = [str(key) for key in (*as_map(value.get("route")), *as_map(value.get("typed_per_filter_config")))]
    outer = [str(key) for key in value if key not in ("name", "route", "typed_per_filter_config")]
    return bool(inner or outer) and all(
        each == "rate_limits" or each.rpartition(".")[2] in _LIMITS for each in (*inner, *outer)
    )


def _leaves(value: Mapping[str, Any]) -> set[str]:
    """The fields that a patch sets, without those that only wrap them."""
    inner = as_map(value.get("typed_config")) or value
    return {str(key) for key in inner if key not in ("@type", "name", "typed_config")}


def _keys(value: Mapping[str, Any]) -> set[str]:
    inner = (as_map(value[key]) for key in ("typed_config", "common_http_protocol_options") if key in value)
    return {*map(str, value), *(key for each in inner for key in _keys(each))}
