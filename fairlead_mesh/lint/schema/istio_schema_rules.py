"""Are Istio's objects such as the definitions of their kinds want them? Kind and version, fields, values."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit
from fairlead_mesh.keys.nearest import nearest
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.lint.schema.definitions import REMOVED, definitions, of_kind
from fairlead_mesh.lint.schema.violations import Violation, violations
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item

_ISTIO = ".istio.io"


def _violating(graph: Graph) -> list[tuple[Item, tuple[Violation, ...]]]:
    """What was written and differs from its definition: hardly anything does."""
    return [(item, found) for item in _written(graph) if (found := violations(item))]


def _written(graph: Graph) -> Iterator[Item]:
    return (item for item in graph.items if not item.brought)


@object_rule()
def istio_kinds_exist(graph: Graph) -> Iterator[Hit]:
    """An object's apiVersion and kind are those of a definition that Istio installs.

    The API server answers `no matches for kind`, and whatever the object was to do is not done.
    """
    for item in _written(graph):
        group, _, version = str(item.manifest.get("apiVersion")).partition("/")
        if group in REMOVED:
            message = f"Istio has no kinds of {group} any more: the API server rejects this"
            yield item.hit(("apiVersion",), message, REMOVED[group])
        elif kinds := definitions().get(group):
            yield from _of_group(item, group, version, list(kinds))
        elif (own := of_kind(item.kind)) and (group.endswith(_ISTIO) or "istio" in group or not version):
            message = f"{item.manifest.get('apiVersion')} has no {item.kind}: the API server rejects this"
            yield item.hit(("apiVersion",), message, f"write {own.group}/{own.versions[0]}")


def _of_group(item: Item, group: str, version: str, kinds: list[str]) -> Iterator[Hit]:
    definition = definitions()[group].get(item.kind)
    if definition is None:
        elsewhere, meant = of_kind(item.kind), nearest(item.kind, kinds)
        if elsewhere:
            message = f"{group} has no {item.kind}: the API server rejects this"
            yield item.hit(("apiVersion",), message, f"write {elsewhere.group}/{elsewhere.versions[0]}")
            return
        message = f"{group} has no kind {item.kind}: the API server rejects this"
        yield item.hit(("kind",), message, f"write {meant}" if meant else f"write one of {', '.join(sorted(kinds))}")
    elif version not in definition.versions:
        message = f"{group} has no {item.kind} of version {version or 'nothing'}: the API server rejects this"
        yield item.hit(("apiVersion",), message, f"write {group}/{definition.versions[0]}")


@object_rule()
def objects_say_what_they_are(graph: Graph) -> Iterator[Hit]:
    """An object has apiVersion and kind: without either, kubectl rejects the file, and nothing here is checked."""
    for item in graph.others:
        api, kind, rest = item.manifest.get("apiVersion"), item.manifest.get("kind"), item.manifest
        if "metadata" not in rest or not isinstance(rest["metadata"], dict):
            continue
        own = of_kind(str(kind)) if kind else None
        is_one = "spec" in rest or item.name
        if isinstance(kind, str) and kind and api is None and is_one:
            remedy = f"add apiVersion: {own.group}/{own.versions[0]}" if own else "add apiVersion"
            yield item.hit(("kind",), f"this {kind} has no apiVersion, so kubectl rejects the file", remedy)
        elif isinstance(api, str) and api and kind is None and is_one:
            kinds = definitions().get(api.partition("/")[0], {})
            remedy = f"add kind, which is one of {', '.join(kinds)}" if kinds else "add kind"
            yield item.hit(("apiVersion",), "this object has no kind, so kubectl rejects the file", remedy)


@object_rule(of_schema="field")
def istio_fields_exist(graph: Graph) -> Iterator[Hit]:
    """Every field of an Istio object is one that its kind has, spelled and nested as there.

    `kubectl apply` rejects the object; what applies it without validation drops the field, so that a timeout, a match
    or a selector is silently missing: a policy then applies to all pods, or a route to all requests.
    """
    for item, found in graph.once(_violating):
        for each in found:
            if each.what == "unknown":
                yield item.hit(each.path, each.message, each.remedy)


@object_rule(of_schema="value")
def istio_values_are_valid(graph: Graph) -> Iterator[Hit]:
    """Every value of an Istio object has the type, the range and the words that its kind's definition allows.

    The API server rejects the whole object: a number for a text, a text for a list, an unknown mode.
    """
    for item, found in graph.once(_violating):
        for each in found:
            if each.what == "value":
                others = [(item, path) for path in each.others]
                yield item.hit(each.path, each.message, each.remedy, others=others)


@object_rule(severity="warning", of_schema="value")
def istio_fields_are_not_empty(graph: Graph) -> Iterator[Hit]:
    """A field without a value says nothing: what stood below it is missing, or in a comment.

    Server-side apply, which Pulumi uses, rejects the object. A plain create drops the field: a policy without its
    `rules` or its `selector` is another policy.
    """
    for item, found in graph.once(_violating):
        for each in found:
            if each.what == "null":
                yield item.hit(each.path, each.message, each.remedy)
