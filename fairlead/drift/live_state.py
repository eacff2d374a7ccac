"""How does a live object compare with what was sent? Only as far as somebody changed it.

Left out is what a server, a controller or Helm adds on its own: books, status, defaults, finalizers, caBundle, the
replicas that an autoscaler sets. What somebody set by hand beside what was sent stays in.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any, cast

from fairlead.cluster.openapi import Shape
from fairlead.drift.field_owners import Owners, owners
from fairlead.evaluation.differences import SERVER_OWNED, same
from fairlead.evaluation.snapshot import SECRET, UNKNOWN
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

_ABSENT = object()
_NEVER = ("kubectl.kubernetes.io/", "deployment.kubernetes.io/", "meta.helm.sh/")
"""Annotations that a tool keeps for itself."""
_WEBHOOK_TRUST = "caBundle"
_FINALIZERS = "finalizers"


def comparable(
    sent: Mapping[str, Any], live: Mapping[str, Any], *, shape: Shape | None = None, autoscaled: bool = False
) -> dict[str, Any]:
    """The live object in the form of the one that was sent: equal to it where nobody changed anything.

    `shape`: what its cluster says of its kind. `autoscaled`: its number of replicas is an autoscaler's business.
    """
    there = {key: value for key, value in live.items() if key != "status"}
    metadata = as_map(there.get("metadata"))
    there["metadata"] = {key: value for key, value in metadata.items() if key not in SERVER_OWNED}
    if "stringData" in sent:
        there["stringData"] = {key: _decoded(as_map(there.get("data")).get(key)) for key in as_map(sent["stringData"])}
        there["data"] = {
            key: value for key, value in as_map(there.get("data")).items() if key in as_map(sent.get("data"))
        }
    if autoscaled and "replicas" in as_map(sent.get("spec")):
        there["spec"] = {**as_map(there.get("spec")), "replicas": sent["spec"]["replicas"]}
    shape = shape or Shape()
    return _map(sent, there, owners(live, sent, shape), shape)


def _value(sent: Any, live: Any, who: Owners, shape: Shape) -> Any:
    if _is_open(sent) or who.is_a_controllers or (live is _ABSENT and not sent):
        return sent
    if sent is None or sent == "":
        return _unset(sent, live, who, shape)
    if isinstance(sent, dict) and isinstance(live, dict):
        return _map(cast("dict[str, Any]", sent), cast("dict[str, Any]", live), who, shape)
    if isinstance(sent, list) and isinstance(live, list):
        return _list(cast("list[Any]", sent), cast("list[Any]", live), who, shape)
    return cast("Any", sent if same(sent, live) else live)


def _unset(sent: Any, live: Any, who: Owners, shape: Shape) -> Any:
    """Nothing was sent under this key, as charts write `annotations:` above nothing: the server's own value stands."""
    if isinstance(live, dict):
        return _map({}, cast("dict[str, Any]", live), who, shape) or sent
    if isinstance(live, list):
        return _list([], cast("list[Any]", live), who, shape) or sent
    return live if live != sent and who.by_hand else sent


def _map(sent: Mapping[str, Any], live: Mapping[str, Any], who: Owners, shape: Shape) -> dict[str, Any]:
    both = {key: _value(value, live.get(key, _ABSENT), who.field(key), shape.field(key)) for key, value in sent.items()}
    added = {key: value for key, value in live.items() if key not in sent and _is_drift(key, value, who.field(key))}
    return {key: value for key, value in {**both, **added}.items() if value is not _ABSENT}


def _is_drift(key: str, value: Any, who: Owners) -> bool:
    if key == _FINALIZERS:
        return who.by_kubectl
    return who.by_hand and key != _WEBHOOK_TRUST and not key.startswith(_NEVER) and value not in ({}, [], "", None)


def _list(sent: list[Any], live: list[Any], who: Owners, shape: Shape) -> list[Any]:
    """Item by item where the cluster merges it so, since injectors and defaulters put their own anywhere."""
    if shape.is_set:
        kept = [each for each in sent if each in live]
        return kept + [each for each in live if each not in sent and _is_drift(shape.name, each, who.member(each))]
    keys, others = shape.keys(as_maps(sent)), shape.keys(as_maps(live))
    if keys is not None and others is not None:
        return _merged(dict(zip(keys, sent, strict=True)), dict(zip(others, live, strict=True)), who, shape.item())
    if len(sent) != len(live):
        return live
    item = shape.item()
    return [_value(one, other, who.item(other), item) for one, other in zip(sent, live, strict=True)]


def _merged(sent: Mapping[Any, Any], live: Mapping[Any, Any], who: Owners, shape: Shape) -> list[Any]:
    found = [_value(one, live.get(key, _ABSENT), who.item(live.get(key, one)), shape) for key, one in sent.items()]
    found += [other for key, other in live.items() if key not in sent and who.item(other).by_hand]
    return [each for each in found if each is not _ABSENT]


def _is_open(sent: Any) -> bool:
    """Whether it is not known here what is sent."""
    return isinstance(sent, str) and (UNKNOWN in sent or SECRET in sent)


def _decoded(data: Any) -> Any:
    try:
        return b64decode(str(data)).decode()
    except ValueError:
        return data
