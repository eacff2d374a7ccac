"""Does one Sidecar, one Telemetry hold for each pod, and does every EnvoyFilter change something?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.conflict import Part, conflict, conflicts
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.reach import SELECTORS, selector_of, targeted

# istiod builds these before it applies any patch; the first half of a name may be the old form of it.
_BUILT = re.compile(
    r"istio[._].*|envoy\.(filters\.(network|http|listener)\.)?"
    r"(http_connection_manager|tcp_proxy|router|cors|fault|grpc_stats|jwt_authn|rbac|ext_authz|tls_inspector"
    r"|http_inspector|original_dst)"
)
_SINGLE = ("Sidecar", "Telemetry")
_ONE_BY_KIND = {"Sidecar": "its egress hosts", "Telemetry": "its providers and sampling"}
_WHOLE = ("ROUTE_CONFIGURATION", "HTTP_ROUTE")
_REPLACED = ("NETWORK_FILTER", "HTTP_FILTER", "VIRTUAL_HOST")


@object_rule("IST0111", "IST0160", "KIA0002")
def one_default_holds_for_a_namespace(graph: Graph) -> Iterator[Hit]:
    """A namespace has one Sidecar and one Telemetry without a selector; of several, istiod uses any one.

    Which one applies changes with age and restarts: hosts vanish from the proxies, or traces stop.
    """
    found: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for item in graph.all_of_kind(*_SINGLE):
        if not selector_of(item) and not targeted(item):
            found[item.kind, item.namespace].append((item, ("metadata", "name")))
    for parts in found.values():
        yield from conflict(parts, _for_all, "merge both into one, or give this one a selector")


def _for_all(others: list[Item]) -> str:
    first = others[0]
    return f"{first.name} already applies to all of {first.namespace}, so {_ONE_BY_KIND[first.kind]} may not apply"


@object_rule("IST0110", "IST0159", "KIA0003")
def one_setting_holds_for_a_pod(graph: Graph) -> Iterator[Hit]:
    """Of several Sidecars or Telemetries that select the same pods, istiod uses any one, and that may change."""
    claims: dict[tuple[str, Workload], list[Part]] = defaultdict(list)
    for item in graph.all_of_kind(*_SINGLE):
        selector = selector_of(item)
        for workload in graph.selected(item.namespace, selector) if selector else ():
            claims[item.kind, workload].append((item, SELECTORS[item.kind]))
    pods = {frozenset(item for item, _ in parts): pod.item for (_, pod), parts in reversed(claims.items())}
    for parts in conflicts(claims.values()):
        pod = pods[frozenset(item for item, _ in parts)]
        yield from conflict(
            parts, lambda others, pod=pod: _too(others[0], pod), "merge both into one, or select other pods"
        )


def _too(first: Item, pod: Item) -> str:
    return f"{first.name} selects {pod} too, so {_ONE_BY_KIND[first.kind]} may not apply"


@object_rule("KIA1006", severity="warning")
def mesh_wide_sidecars_select_nothing(graph: Graph) -> Iterator[Hit]:
    """A Sidecar in the root namespace is the default of the whole mesh, but only without a selector.

    With one it applies only to pods of that namespace, and every other proxy keeps the configuration of all Services.
    """
    for item in graph.of_kind("Sidecar"):
        if item.namespace == graph.root_namespace and selector_of(item):
            message = f"with a selector this is not the mesh's default: it applies only to pods in {item.namespace}"
            yield item.hit(
                ("spec", "workloadSelector"), message, "remove workloadSelector, or move it to the pods' namespace"
            )


@object_rule("IST0152", "IST0153", "IST0154")
def envoy_patches_take_effect(graph: Graph) -> Iterator[Hit]:
    """Parts of Envoy's config support only some operations; istiod silently skips a patch with another one.

    What the filter was written for (a limit, a header, a fix) is missing, and only istiod logs it.
    """
    for item in graph.of_kind("EnvoyFilter"):
        for path, patch in item.maps("spec", "configPatches"):
            operation, part = as_map(patch.get("patch")).get("operation"), patch.get("applyTo")
            at = (*path, "patch", "operation")
            if operation in ("ADD", "REMOVE") and part in _WHOLE:
                message = f"{operation} is ignored for {part}: there is nothing to add to or remove from"
                yield item.hit(at, message, "write MERGE, or INSERT_FIRST for a route")
            elif operation == "REPLACE" and isinstance(part, str) and part not in _REPLACED:
                message = f"REPLACE works on filters and virtual hosts only, so this patch of {part} has no effect"
                yield item.hit(at, message, "write MERGE, which changes the fields that it names")


@object_rule("IST0151", "IST0155", severity="info")
def relative_envoy_patches_have_a_priority(graph: Graph) -> Iterator[Hit]:
    """A patch that refers to a filter of another patch needs a priority: without one, age decides which comes first.

    After an upgrade or a restore the other filter may come later, and the patch silently has no effect. The filters
    that istiod builds itself are always there.
    """
    for item in graph.of_kind("EnvoyFilter"):
        for path, patch in item.maps("spec", "configPatches"):
            operation = as_map(patch.get("patch")).get("operation")
            relative = operation in ("INSERT_BEFORE", "INSERT_AFTER", "REMOVE", "REPLACE")
            relative = relative and not _BUILT.fullmatch(_filter_of(item, path))
            if relative and not item.get("spec", "priority") and patch.get("applyTo") not in _WHOLE:
                message = (
                    f"{operation} needs the filter that it refers to, and without a priority age decides the order"
                )
                yield item.hit((*path, "patch", "operation"), message, "add spec.priority: 10, or write INSERT_FIRST")


def _filter_of(item: Item, path: Path) -> str:
    """The name of the filter that a patch refers to."""
    at = (*path, "match", "listener", "filterChain", "filter")
    return str(item.get(*at, "subFilter", "name") or item.get(*at, "name") or "")


@object_rule("IST0157", severity="warning")
def access_logs_have_a_provider(graph: Graph) -> Iterator[Hit]:
    """Access logging names a provider, unless the mesh has a default one; otherwise nothing is logged."""
    if as_map((graph.mesh_config or {}).get("defaultProviders")).get("accessLogging"):
        return
    for item in graph.of_kind("Telemetry"):
        for path, logging in item.maps("spec", "accessLogging"):
            if not logging.get("providers") and logging.get("disabled") is not True:
                message = _unlogged(unknown=graph.mesh_config is None)
                severity = "info" if graph.mesh_config is None else None
                at = (*path, "providers") if "providers" in logging else path
                yield item.hit(at, message, "add providers: [{name: envoy}]", severity=severity)


def _unlogged(*, unknown: bool) -> str:
    if unknown:
        return "no provider is named: unless the mesh config has a default one, nothing is logged"
    return "no provider is named and the mesh has no default one, so nothing is logged"
