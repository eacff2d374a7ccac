"""How does a live object compare with what was sent? Only as far as somebody changed it.

Left out is what a server, a controller or Helm adds on its own: books, status, defaults, caBundle, the replicas that an
autoscaler sets. What somebody set by hand beside what was sent stays in.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any, cast

from fairlead.drift.field_owners import Owners, owners
from fairlead.evaluation.differences import SERVER_OWNED, same
from fairlead.evaluation.snapshot import SECRET, UNKNOWN
from mesh.model.yaml_values import as_map

_ABSENT = object()
_NEVER = ("kubectl.kubernetes.io/", "deployment.kubernetes.io/", "meta.helm.sh/")
"""Annotations that a tool keeps for itself."""
_WEBHOOK_TRUST = "caBundle"


def comparable(sent: Mapping[str, Any], live: Mapping[str, Any], *, autoscaled: bool = False) -> dict[str, Any]:
    """The live object in the form of the one that was sent: equal to it where nobody changed anything.

    `autoscaled`: its number of replicas is an autoscaler's business.
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
    return _map(sent, there, owners(live, sent))


def _value(sent: Any, live: Any, who: Owners) -> Any:
    if _is_open(sent) or who.is_a_controllers or (live is _ABSENT and not sent):
        return sent
    if isinstance(sent, dict) and isinstance(live, dict):
        return _map(cast("dict[str, Any]", sent), cast("dict[str, Any]", live), who)
    if isinstance(sent, list) and isinstance(live, list):
        return _list(cast("list[Any]", sent), cast("list[Any]", live), who)
    return cast("Any", sent if same(sent, live) else live)


def _map(sent: Mapping[str, Any], live: Mapping[str, Any], who: Owners) -> dict[str, Any]:
    both = {key: _value(value, live.get(key, _ABSENT), who.field(key)) for key, value in sent.items()}
    added = {key: value for key, value in live.items() if key not in sent and _is_drift(key, value, who.field(key))}
    return {key: value for key, value in {**both, **added}.items() if value is not _ABSENT}


def _is_drift(key: str, value: Any, who: Owners) -> bool:
    return who.by_hand and key != _WEBHOOK_TRUST and not key.startswith(_NEVER) and value not in ({}, [], "", None)


def _list(sent: list[Any], live: list[Any], who: Owners) -> list[Any]:
    """Item by item: by name where items have one, since injectors and defaulters put their own anywhere."""
    if sent and all(_name(each) for each in sent):
        named = {_name(each): each for each in live}
        found = [_value(each, named.get(_name(each), _ABSENT), who.item(each)) for each in sent]
        own = {_name(each) for each in sent}
        found += [each for each in live if _name(each) not in own and who.item(each).by_hand]
        return [each for each in found if each is not _ABSENT]
    if len(sent) != len(live):
        return live
    return [_value(one, other, who.item(other)) for one, other in zip(sent, live, strict=True)]


def _name(item: Any) -> str:
    return str(as_map(item).get("name") or "")


def _is_open(sent: Any) -> bool:
    """Whether it is not known here what is sent."""
    return isinstance(sent, str) and (UNKNOWN in sent or SECRET in sent)


def _decoded(data: Any) -> Any:
    try:
        return b64decode(str(data)).decode()
    except ValueError:
        return data
