"""Are Istio's annotations ones that it reads: known, on the right object, with a value that it takes, and not old?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead_mesh.findings import Hit, Path, joined
from fairlead_mesh.keys.nearest import nearest
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.lint.schema.mesh_types import wrong_types
from fairlead_mesh.lint.stack.chart_keys import NEWEST, unknown_fields
from fairlead_mesh.lint.workloads.annotations import (
    ANY,
    POD,
    SET_BY_ISTIO,
    is_deprecated,
    is_istios,
    is_label,
    kinds_of,
    meant,
    passed,
    wanted,
)
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.sidecars import INJECT, INJECTION, TEMPLATES
from fairlead_mesh.model.pods.workloads import TEMPLATED
from fairlead_mesh.reading.documents import UNREADABLE, yaml_objects

_OWN: Path = ("metadata", "annotations")
_OF_PODS: Path = ("spec", "template", "metadata", "annotations")
_CONFIG = "proxy.istio.io/config"
_TEMPLATES = ("gateway", "grpc-agent", "grpc-simple", "sidecar", "waypoint")
_CORE = ("Namespace", "Pod", "Service")
_GONE = {
    "istio.io/for-service-account": "remove it, and label what is to use this waypoint istio.io/use-waypoint",
}
"""Annotations of early ambient meshes, and what does now what they did."""
_OLD = {
    "sidecar.istio.io/discoveryAddress": "set discoveryAddress in proxy.istio.io/config",
    "traffic.sidecar.istio.io/kubevirtInterfaces": "write istio.io/reroute-virtual-interfaces",
}


def _annotated(graph: Graph) -> Iterator[tuple[Item, Path, str, dict[str, Any]]]:
    """Every map of annotations: the object, where it stands, and the kind that it is read as."""
    for item in graph.items:
        if item.brought:
            continue
        if item.annotations:
            yield item, _OWN, item.kind, item.annotations
        if item.kind in TEMPLATED and (of_pods := as_map(item.get(*_OF_PODS))):
            yield item, _OF_PODS, POD, of_pods


def _istios(graph: Graph) -> Iterator[tuple[Item, Path, str, str]]:
    for item, at, kind, written in _annotated(graph):
        for name in written:
            own = is_istios(name) or kinds_of(name) or name == INJECTION
            if own and name not in SET_BY_ISTIO:
                yield item, (*at, name), kind, name


@object_rule()
def annotations_are_strings(graph: Graph) -> Iterator[Hit]:
    """Annotations are strings: the API server rejects numbers and booleans without quotes, and with them the object."""
    for item, at, _, noted in _annotated(graph):
        for name, value in noted.items():
            if value is not None and not isinstance(value, str):
                plain = not isinstance(value, (dict, list))
                written = str(value).lower() if isinstance(value, bool) else value
                message = f"{written if plain else 'this'} is not a string, so the API server rejects the {item.kind}"
                remedy = f'put it in quotes: "{written}"' if plain else "write it as text, after a |"
                yield item.hit((*at, name), message, remedy)


@object_rule("IST0108", severity="warning")
def istio_annotations_exist(graph: Graph) -> Iterator[Hit]:
    """An annotation in Istio's domain is one that Istio reads: another, or one that is a label, has no effect."""
    for item, path, _, name in _istios(graph):
        if kinds_of(name):
            continue
        near = meant(name)
        remedy = _GONE.get(name) or (f"write {near}" if near else "remove it")
        message = f"Istio has no annotation {name}, so this has no effect"
        if is_label(name) or name == INJECTION:
            message, remedy = f"{name} is a label: as an annotation it has no effect", "move it to labels"
        yield item.hit(path, message, remedy)


@object_rule("IST0107", severity="warning")
def istio_annotations_are_where_they_are_read(graph: Graph) -> Iterator[Hit]:
    """An annotation has an effect on the kinds that Istio reads it on: those of pods on the pods themselves.

    On a Deployment, a Namespace or a Service a port stays captured, a limit or a log level stays as it was.
    """
    for item, path, kind, name in _istios(graph):
        kinds = kinds_of(name)
        # Of injection, another rule says it; and other groups have kinds of the same names.
        core = kind in _CORE and item.manifest.get("apiVersion") == "v1"
        known = kind in TEMPLATED or core or path[: len(_OF_PODS)] == _OF_PODS
        if not kinds or ANY in kinds or kind in kinds or not known or (name == INJECT and kind in TEMPLATED):
            continue
        if kind in TEMPLATED and name in as_map(item.get(*_OF_PODS)):
            continue
        read_on = " and ".join(kinds)
        remedy = f"move it to {'.'.join(map(str, _OF_PODS))}" if POD in kinds and kind in TEMPLATED else ""
        message = f"Istio reads {name} on a {read_on}, so on a {kind} it has no effect"
        yield item.hit(path, message, remedy or f"move it to the {read_on}, or remove it")


@object_rule("IST0125")
def istio_annotations_have_valid_values(graph: Graph) -> Iterator[Hit]:
    """Injection rejects pods with an annotation whose value it cannot read: no pod is created.

    Only the events of the ReplicaSet say so: the rollout hangs, and after a node is lost the pods do not come back.
    """
    for item, path, kind, name in _istios(graph):
        value = item.get(*path)
        if kind == POD and isinstance(value, str) and (should := wanted(name, value)):
            message = f"{value or 'an empty text'} is not {should}, so injection rejects the pods"
            yield item.hit(path, message, f"write {should}")
        elif kind == POD and isinstance(value, str) and (should := passed(name, value)):
            message = f"{value or 'an empty text'} is not {should}: it is not read, or the proxy does not start"
            yield item.hit(path, message, f"write {should}", severity="warning")
        elif kind == POD and isinstance(value, str) and name == TEMPLATES:
            for each in value.split(","):
                if each not in _TEMPLATES and (near := nearest(each, _TEMPLATES)):
                    message = f"istiod has no injection template {each}, unless it is one of your own"
                    yield item.hit(path, message, f"write {near}", severity="warning")


@object_rule("IST0125")
def proxy_configs_of_pods_are_proxy_configs(graph: Graph) -> Iterator[Hit]:
    """`proxy.istio.io/config` is a ProxyConfig in YAML, with the fields that it has; injection rejects other pods."""
    for item, path, kind, name in _istios(graph):
        text = item.get(*path)
        if name != _CONFIG or kind != POD or not isinstance(text, str):
            continue
        try:
            found = yaml_objects(text)
        except UNREADABLE:
            found = None
        if found is None or (text.strip() and len(found) != 1):
            yield item.hit(
                path, "this is not a map in YAML, so injection rejects the pods", "write concurrency: 2, ..."
            )
            continue
        for unknown in unknown_fields(NEWEST, {"defaultConfig": found[0]}) if found else ():
            field = unknown.path[-1]
            message = f"a ProxyConfig has no field {field}, so injection rejects the pods"
            yield item.hit(path, message, f"write {unknown.meant}" if unknown.meant else f"remove {field}")
        for wrong in wrong_types("ProxyConfig", found[0]) if found else ():
            message = f"{joined(wrong.path)} is not {wrong.should}, so injection rejects the pods"
            yield item.hit(path, message, wrong.remedy)


@object_rule("IST0135", severity="info")
def istio_annotations_are_current(graph: Graph) -> Iterator[Hit]:
    """Istio has deprecated an annotation: a later version does not read it."""
    for item, path, kind, name in _istios(graph):
        labels = as_map(item.get(*path[:-2], "labels"))
        replaced = name == INJECT and (INJECT in labels or kind in TEMPLATED)
        if is_deprecated(name) and not replaced and not passed(name, str(item.get(*path))):
            remedy = _OLD.get(name, "write it in proxy.istio.io/config, or as a Telemetry")
            if name == INJECT:
                remedy = f"move it to the labels, beside the annotations: {INJECT}: '{item.get(*path)}'"
            yield item.hit(path, f"Istio has deprecated the annotation {name}", remedy)
