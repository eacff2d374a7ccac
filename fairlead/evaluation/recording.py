"""How do recorded requests become plain data? Numbers, secrets and unknowns put right, everything in a stable order."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc

from fairlead.evaluation.monitor import RecordingMonitor
from fairlead.evaluation.snapshot import SECRET, STACK_TYPE, UNKNOWN, Lookup, Resource, Snapshot

_SIGNATURE: str = rpc._special_sig_key  # pyright: ignore[reportPrivateUsage]
_SECRET_SIGNATURE: str = rpc._special_secret_sig  # pyright: ignore[reportPrivateUsage]


def snapshot(monitor: RecordingMonitor, *, project: str, stack: str, key: str = "") -> Snapshot:
    """Everything that the monitor wrote down, every dependency before what depends on it, else by URN.

    With a `key`, secrets get fingerprints: two that were made with one key can be told apart, and nothing else.
    """
    found = [_registered(urn, request, key) for urn, request in monitor.registered.items()]
    found += [_read(urn, request) for urn, request in monitor.read.items()]
    root = next(each.urn for each in found if each.type == STACK_TYPE)
    asked = (Lookup(each.tok, plain_struct(each.args)) for each in monitor.lookups)
    lookups = {str(lookup): lookup for lookup in asked}
    return Snapshot(
        project=project,
        stack=stack,
        resources=tuple(_in_order(found)),
        outputs=plain_struct(monitor.outputs[root]) if root in monitor.outputs else {},
        lookups=tuple(lookup for _, lookup in sorted(lookups.items())),
    )


def plain_struct(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A message of the wire as a plain dict, its keys sorted."""
    return {key: _plain(struct.fields[key]) for key in sorted(struct.fields)}


def _plain(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        signature = value.struct_value.fields.get(_SIGNATURE)
        if signature is None:
            return plain_struct(value.struct_value)
        return SECRET if signature.string_value == _SECRET_SIGNATURE else UNKNOWN
    if kind == "list_value":
        return [_plain(item) for item in value.list_value.values]
    if kind == "number_value":
        # Every number travels as a float; a whole one was an integer.
        return int(value.number_value) if value.number_value.is_integer() else value.number_value
    if kind == "string_value":
        return UNKNOWN if value.string_value == rpc.UNKNOWN else value.string_value
    return value.bool_value if kind == "bool_value" else None


def _fingerprints(value: Any, key: str, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Path -> what tells the secret there from others."""
    if isinstance(value, struct_pb2.Value):
        kind = value.WhichOneof("kind")
        value = value.struct_value if kind == "struct_value" else value.list_value if kind == "list_value" else None
    if isinstance(value, struct_pb2.Struct):
        fields = value.fields
        if _SIGNATURE in fields and fields[_SIGNATURE].string_value == _SECRET_SIGNATURE:
            told = json_format.MessageToJson(value, sort_keys=True)
            yield ".".join(path), hmac.new(key.encode(), told.encode(), "sha256").hexdigest()
            return
        for name in sorted(fields):
            yield from _fingerprints(fields[name], key, (*path, name))
    elif isinstance(value, struct_pb2.ListValue):
        for index, item in enumerate(value.values):
            yield from _fingerprints(item, key, (*path, str(index)))


def _registered(urn: str, request: Any, key: str) -> Resource:
    return Resource(
        urn=urn,
        type=request.type,
        name=request.name,
        parent=request.parent,
        custom=request.custom,
        inputs=plain_struct(request.object),
        dependencies=tuple(sorted(set(request.dependencies))),
        provider=_provider(request.provider),
        options=_options(request),
        plugin_version=request.version,
        fingerprints=dict(_fingerprints(request.object, key)) if key else {},
    )


def _read(urn: str, request: Any) -> Resource:
    return Resource(
        urn=urn,
        type=request.type,
        name=request.name,
        parent=request.parent,
        custom=True,
        inputs=plain_struct(request.properties),
        dependencies=tuple(sorted(set(request.dependencies))),
        provider=_provider(request.provider),
        read=True,
        options={"id": UNKNOWN if request.id == rpc.UNKNOWN else request.id},
    )


def _provider(reference: str) -> str:
    """The provider's URN; its id, which follows behind `::`, is known to a real deployment only."""
    return reference.rpartition("::")[0]


def _options(request: Any) -> dict[str, Any]:
    """The options that were set and that the engine keeps."""
    timeouts = request.customTimeouts
    options: dict[str, Any] = {
        "protect": request.protect,
        "retainOnDelete": request.retainOnDelete,
        "deleteBeforeReplace": request.deleteBeforeReplace,
        "deletedWith": request.deletedWith,
        "import": request.importId,
        "ignoreChanges": sorted(request.ignoreChanges),
        "replaceOnChanges": sorted(request.replaceOnChanges),
        "additionalSecretOutputs": sorted(request.additionalSecretOutputs),
        "aliases": sorted(_alias(alias) for alias in request.aliases),
        "timeouts": {key: getattr(timeouts, key) for key in ("create", "update", "delete") if getattr(timeouts, key)},
    }
    return {key: value for key, value in options.items() if value}


def _alias(alias: Any) -> str:
    if alias.urn:
        return alias.urn
    parts = {key: getattr(alias.spec, key) for key in ("name", "type", "stack", "project", "parentUrn", "noParent")}
    return ", ".join(f"{key}={value}" for key, value in parts.items() if value)


def _in_order(resources: Iterable[Resource]) -> Iterable[Resource]:
    by_urn = {resource.urn: resource for resource in resources}
    graph: TopologicalSorter[str] = TopologicalSorter()
    for urn, resource in by_urn.items():
        needs = {resource.parent, resource.provider, *resource.dependencies}
        graph.add(urn, *(need for need in needs if need in by_urn))
    graph.prepare()
    while graph.is_active():
        ready = sorted(graph.get_ready())
        yield from (by_urn[urn] for urn in ready)
        graph.done(*ready)
