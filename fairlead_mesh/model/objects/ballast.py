"""What of an object does no rule and no question look at? It may be most of what files hold: what the API server wrote,
the definitions of other kinds, the files of programs."""

from __future__ import annotations

from hashlib import blake2b, sha256
from typing import Any

from fairlead_mesh.model.objects.secret_parts import LAST_APPLIED
from fairlead_mesh.model.objects.yaml_values import as_list, as_map

_LONG = 120
_NAME = "istio"
_CONFIG, _DEFINITION, _LIST = "ConfigMap", "CustomResourceDefinition", "List"
_WITH_STATUS = "ServiceEntry"
_OF_PODS = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")
_BYTES = 7


def without_ballast(manifest: Any) -> Any:
    """The object without it; of a long text in a ConfigMap a digest stays, so that others still differ from it."""
    fields = as_map(manifest)
    kind = fields.get("kind")
    if not isinstance(kind, str):
        return manifest
    kept = dict(fields)
    if kind.endswith(_LIST) and isinstance(kept.get("items"), list):
        return kept | {"items": [without_ballast(each) for each in as_list(kept["items"])]}
    if kind != _WITH_STATUS:
        kept.pop("status", None)
    if metadata := as_map(kept.get("metadata")):
        kept["metadata"] = _lighter_metadata(metadata)
    if kind == _CONFIG and not str(as_map(kept.get("metadata")).get("name")).startswith(_NAME):
        kept |= {part: _lighter_data(kept[part]) for part in ("data", "binaryData") if part in kept}
    elif kind in _OF_PODS:
        kept |= {"spec": _lighter_workload(as_map(kept["spec"]))} if isinstance(kept.get("spec"), dict) else {}
    elif kind == _DEFINITION and (spec := as_map(kept.get("spec"))):
        kept["spec"] = {key: value for key, value in spec.items() if key in ("group", "names", "scope")}
    return kept


def _lighter_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in metadata.items() if key != "managedFields"}
    annotations, copy = as_map(kept.get("annotations")), LAST_APPLIED[-1]
    if copy in annotations:
        kept["annotations"] = {key: value for key, value in annotations.items() if key != copy}
    return kept


def _lighter_data(data: Any) -> Any:
    return {key: _digest(value) for key, value in as_map(data).items()} if isinstance(data, dict) else data


def _lighter_workload(spec: dict[str, Any]) -> dict[str, Any]:
    template = as_map(spec.get("template"))
    pod = as_map(template.get("spec"))
    if not isinstance(pod.get("containers"), list):
        return spec
    containers = [_lighter_container(each) for each in as_list(pod["containers"])]
    return spec | {"template": template | {"spec": pod | {"containers": containers}}}


def _lighter_container(container: Any) -> Any:
    """With a number for its environment, so that another one still differs."""
    fields = as_map(container)
    words = repr(fields.get("env"))
    if "env" not in fields or _NAME in words.lower():
        return container
    digest = blake2b(words.encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()
    return fields | {"env": int.from_bytes(digest, "big")}


def _digest(value: Any) -> Any:
    # What names Istio may name a place that goes away, or be its own configuration.
    if not isinstance(value, str) or len(value) < _LONG or _NAME in value.lower():
        return value
    return sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
