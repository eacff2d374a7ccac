"""Would Envoy take what an EnvoyFilter writes into its config?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.pod_ports import ports_of_pods
from fairlead_mesh.model.reach import reach

_FILTERS = ("HTTP_FILTER", "NETWORK_FILTER", "LISTENER_FILTER")
_TYPE, _TYPED, _PLAIN = "@type", "typed_config", "config"
_OLD_TYPE = re.compile(r"type\.googleapis\.com/envoy\.(?:api\.v2|config\.filter\.|.*\.v2(?:alpha\d*)?\.)")
_RENAMED = {
    "envoy.http_connection_manager": "envoy.filters.network.http_connection_manager",
    "envoy.tcp_proxy": "envoy.filters.network.tcp_proxy",
    "envoy.router": "envoy.filters.http.router",
    "envoy.cors": "envoy.filters.http.cors",
    "envoy.fault": "envoy.filters.http.fault",
    "envoy.lua": "envoy.filters.http.lua",
    "envoy.ext_authz": "envoy.filters.http.ext_authz",
    "envoy.rate_limit": "envoy.filters.http.ratelimit",
    "envoy.gzip": "envoy.filters.http.compressor",
    "envoy.grpc_json_transcoder": "envoy.filters.http.grpc_json_transcoder",
    "envoy.grpc_web": "envoy.filters.http.grpc_web",
    "envoy.listener.tls_inspector": "envoy.filters.listener.tls_inspector",
    "envoy.listener.original_dst": "envoy.filters.listener.original_dst",
}
_WRITES = ("ADD", "MERGE", "INSERT_BEFORE", "INSERT_AFTER", "INSERT_FIRST", "REPLACE")


@object_rule("webhook")
def envoy_patches_have_a_value(graph: Graph) -> Iterator[Hit]:
    """A patch that adds, changes or replaces something has a value: istiod rejects one without."""
    for item, path, patch in _patches(graph):
        if patch.get("operation") in _WRITES and not patch.get("value"):
            at = (*path, "value") if "value" in patch else path
            yield item.hit(
                at, f"{patch['operation']} has no value, so istiod rejects this", "add value, or write REMOVE"
            )


@object_rule()
def envoy_filters_are_written_for_this_envoy(graph: Graph) -> Iterator[Hit]:
    """Envoy reads a filter's config from typed_config with an @type of its v3 API; the v2 API is gone since 2021.

    Envoy rejects the listener, and with it every later change of that proxy.
    """
    for item, path, patch in _patches(graph):
        value, at = as_map(patch.get("value")), (*path, "value")
        is_filter = item.get(*path[:-1], "applyTo") in _FILTERS
        if is_filter and _PLAIN in value and _TYPED not in value:
            message = "Envoy has no config beside typed_config any more, so it rejects the listener"
            yield item.hit((*at, _PLAIN), message, 'write typed_config with "@type": type.googleapis.com/...v3...')
        for place, found in _typed(value, at):
            kind = found.get(_TYPE)
            if kind is None:
                message = "Envoy cannot tell what this is without @type, so it rejects the config"
                yield item.hit(place, message, 'add "@type": type.googleapis.com/ and the type in the v3 API')
            elif _OLD_TYPE.match(str(kind)):
                message = f"{str(kind).rpartition('/')[2]} is a type of Envoy's v2 API, which is gone"
                yield item.hit((*place, _TYPE), message, "write the type of the v3 API")


@object_rule("webhook", severity="warning")
def envoy_filters_are_matched_by_their_names(graph: Graph) -> Iterator[Hit]:
    """istiod matches filters by the names that it gives them: by an old name the patch is silently skipped."""
    for item, path, _ in _patches(graph):
        for place in _named((*path[:-1], "match")):
            if new := _RENAMED.get(str(item.get(*place))):
                message = f"no filter is called {item.get(*place)}, so this patch has no effect"
                yield item.hit(place, message, f"write {new}")


@object_rule(severity="warning")
def patched_ports_exist(graph: Graph) -> Iterator[Hit]:
    """A patch of inbound listeners names a port of the pods: one that none of them has changes nothing, silently."""
    for item, path, _ in _patches(graph):
        match = (*path[:-1], "match")
        number = item.get(*match, "listener", "portNumber")
        pods = reach(graph, item).pods(graph) if isinstance(number, int) else []
        if not pods or item.get(*match, "context") != "SIDECAR_INBOUND":
            continue
        declared = {port for pod in pods for port in pod.ports}
        known = declared | ports_of_pods(graph, pods)
        if declared and number not in known:
            message = f"no pod that this applies to has port {number}, so this patch has no effect"
            remedy = f"write one of {', '.join(map(str, sorted(known)))}"
            yield item.hit((*match, "listener", "portNumber"), message, remedy)


def _named(match: Path) -> Iterator[Path]:
    chosen = (*match, "listener", "filterChain", "filter")
    yield (*chosen, "name")
    yield (*chosen, "subFilter", "name")


def _patches(graph: Graph) -> Iterator[tuple[Item, Path, dict[str, Any]]]:
    for item in graph.of_kind("EnvoyFilter"):
        for path, each in item.maps("spec", "configPatches"):
            if isinstance(each.get("patch"), dict):
                yield item, (*path, "patch"), each["patch"]


def _typed(value: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every typed_config in a value, however deep, that is a map."""
    pairs = cast("dict[str, Any]", value).items() if isinstance(value, dict) else ()
    for key, each in [*pairs, *(enumerate(cast("list[Any]", value)) if isinstance(value, list) else ())]:
        if key == _TYPED and isinstance(each, dict):
            yield (*path, key), cast("dict[str, Any]", each)
        if isinstance(each, (dict, list)):
            yield from _typed(each, (*path, key))
