"""Do objects that are shown to, or see, only some namespaces name them as istiod reads them?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.backends import Backends
from fairlead_mesh.model.elsewhere import Elsewhere, missing_namespace
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.traffic_policy import is_for_some_clients

_EXPORTED = ("DestinationRule", "ServiceEntry", "VirtualService")
_ALWAYS_THERE = ("default", "kube-node-lease", "kube-public", "kube-system")
_ANNOTATION = "networking.istio.io/exportTo"
_EVERYBODY, _HERE, _NOBODY = "*", ".", "~"
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


def _known(graph: Graph) -> set[str]:
    return {*_ALWAYS_THERE, graph.root_namespace, *graph.namespaces, *(item.namespace for item in graph.items)}


@object_rule("KIA0005", severity="warning")
def exports_name_namespaces(graph: Graph) -> Iterator[Hit]:
    """What is exported only to a namespace that does not exist has no effect: nobody can see it."""
    known = _known(graph)
    for item in graph.of_kind(*_EXPORTED):
        for place, name in item.entries("spec", "exportTo"):
            if isinstance(name, str) and _LABEL.fullmatch(name) and name not in known:
                message = f"there is no namespace {name}, so this {item.kind} is not visible where it should be"
                severity = missing_namespace(graph, name, known)
                yield item.hit(place, message, "write '.', '*' or a namespace that exists", severity=severity)
    for item in graph.of_kind("Service"):
        for name in str(item.annotations.get(_ANNOTATION, "")).split(","):
            if _LABEL.fullmatch(name.strip()) and name.strip() not in known:
                message = f"there is no namespace {name.strip()}, so this Service is not visible where it should be"
                severity = missing_namespace(graph, name.strip(), known)
                at = ("metadata", "annotations", _ANNOTATION)
                yield item.hit(at, message, "write '.', '*' or a namespace that exists", severity=severity)


@object_rule("webhook")
def exports_do_not_contradict(graph: Graph) -> Iterator[Hit]:
    """`*`, `~` and single namespaces exclude each other in exportTo, so istiod rejects them together.

    A DestinationRule with a workloadSelector may name its own namespace alone.
    """
    for item in graph.of_kind(*_EXPORTED):
        named = [(place, str(name)) for place, name in item.entries("spec", "exportTo")]
        seen: set[str] = set()
        for place, name in named:
            whole = item.namespace if name == _HERE else name
            if name == _NOBODY and item.kind != "ServiceEntry":
                message = f"a {item.kind} that nobody can see has no effect, so istiod rejects it"
                yield item.hit(place, message, "write '.' for its own namespace")
            elif name in (_EVERYBODY, _NOBODY) and len(named) > 1:
                yield item.hit(
                    place, f"{name} and others exclude each other, so istiod rejects this", "keep one of them"
                )
            elif whole != item.namespace and is_for_some_clients(item):
                message = f"a rule for some pods is for its own namespace, not for {name}, so istiod rejects this"
                yield item.hit(place, message, "write '.', or remove workloadSelector")
            elif whole in seen:
                yield item.hit(place, f"{whole} is already listed, so istiod rejects this", "remove it")
            elif name not in (_EVERYBODY, _HERE, _NOBODY) and not _LABEL.fullmatch(name):
                yield item.hit(
                    place, f"{name} is not a namespace, so istiod rejects this", "write '.', '*' or a namespace"
                )
            seen.add(whole)


@object_rule("webhook")
def imported_hosts_name_their_namespace(graph: Graph) -> Iterator[Hit]:
    """A Sidecar imports hosts as namespace/host: istiod rejects one without a namespace."""
    for item in graph.of_kind("Sidecar"):
        for place, host in _imported(item):
            namespace, slash, name = host.partition("/")
            if not slash or not namespace or not name:
                message = f"{host or 'an empty host'} has no namespace, so istiod rejects the Sidecar"
                yield item.hit(place, message, f"write ./{host}, */{host} or namespace/{host}")
            elif name != "*" and "." not in name:
                message = f"{name} is a short name, so istiod rejects the Sidecar"
                whole = f"{name}.{item.namespace if namespace in '.*' else namespace}.svc.cluster.local"
                yield item.hit(place, message, f"write {namespace}/{whole}, or {namespace}/* for all")


@object_rule("KIA1004", severity="warning")
def imported_hosts_exist(graph: Graph) -> Iterator[Hit]:
    """A Sidecar makes only imported hosts visible: importing one that does not exist leaves out the intended one.

    Requests to that are handled as for an unknown host: 502 if the mesh allows registered hosts only, else plain text.
    """
    backends, elsewhere = graph.once(Backends), graph.once(Elsewhere)
    for item in graph.of_kind("Sidecar"):
        for place, host in _imported(item):
            namespace, slash, name = host.partition("/")
            home = item.namespace if namespace == _HERE else namespace
            if not slash or "*" in name or "." not in name or home.startswith(_NOBODY):
                continue
            if not backends.behind(name, item.namespace):
                severity = elsewhere.missing_service(name, item.namespace)
                message = f"no host {name} is known, so this imports nothing"
                remedy = f"write a Service's full name, or {namespace}/* for all"
                yield from (
                    [item.hit(place, message, remedy, severity="info" if severity == "info" else "warning")]
                    if severity
                    else []
                )
            elif name.endswith(".svc.cluster.local") and home not in (_EVERYBODY, name.split(".")[1]):
                message = f"{name} is not in namespace {home}, so this imports nothing"
                yield item.hit(place, message, f"write {name.split('.')[1]}/{name}")


def _imported(item: Item) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for path, _ in item.maps("spec", "egress"):
        for place, host in item.entries(*path, "hosts"):
            if isinstance(host, str):
                yield place, host
