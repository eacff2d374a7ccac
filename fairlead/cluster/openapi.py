"""Which lists does a cluster merge item by item, and by which keys? Read from the OpenAPI documents that it serves.

There is one document a version of an API group, and only those of the objects that are compared are asked for. They
hold what definitions of custom resources say as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fairlead.cluster.api_client import RefusedError
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps

_OF_KUBERNETES: dict[str, tuple[tuple[str, ...], ...]] = {
    **dict.fromkeys(("containers", "initContainers", "ephemeralContainers", "volumes", "env"), (("name",),)),
    **dict.fromkeys(("imagePullSecrets", "secrets", "webhooks", "resourceClaims", "matchConditions"), (("name",),)),
    "conditions": (("type",),),
    "hostAliases": (("ip",),),
    "ownerReferences": (("uid",),),
    "ports": (("containerPort", "protocol"), ("port", "protocol")),
    "topologySpreadConstraints": (("topologyKey", "whenUnsatisfiable"),),
    "volumeDevices": (("devicePath",),),
    "volumeMounts": (("mountPath",),),
}
"""The keys of Kubernetes' own lists by the name of their field, where a cluster does not say them."""
_DEFAULTS = {"protocol": "TCP"}
_SCHEMAS = "components/schemas"


@dataclass(frozen=True)
class Shape:
    """What is known of one field: its schema and, for what it refers to, the others of its document.

    Where the document is not served, `name` of the field is all that is known.
    """

    name: str = ""
    served: bool = False
    schema: Mapping[str, Any] = field(default_factory=dict[str, Any])
    others: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def field(self, key: str) -> Shape:
        inner = as_map(self.schema.get("properties")).get(key, self.schema.get("additionalProperties"))
        return self._of(inner, key)

    def item(self) -> Shape:
        return self._of(self.schema.get("items"), self.name)

    @property
    def is_set(self) -> bool:
        """Whether the order of the list means nothing."""
        return self.schema.get("x-kubernetes-list-type") == "set" or (not self.served and self.name == "finalizers")

    def keys(self, items: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]] | None:
        """What tells each of the items from the others; None where the list is one value, or two of them are alike."""
        for names in self._declared():
            told = [tuple(self._told(each, name) for name in names) for each in items]
            if all(each[0] for each in told):
                return told if len(set(told)) == len(told) else None
        return None

    def whole(self, item: Any) -> Any:
        """The item with the keys that it leaves to their defaults, as the server's records have it."""
        if not isinstance(item, dict):
            return item
        filled = {name: self._default(name) for names in self._declared() for name in names}
        return {**{key: value for key, value in filled.items() if value is not None}, **as_map(item)}

    def _declared(self) -> Sequence[tuple[str, ...]]:
        if not self.served:
            return _OF_KUBERNETES.get(self.name, ())
        keys = as_list(self.schema.get("x-kubernetes-list-map-keys"))
        merged = keys or [each for each in [self.schema.get("x-kubernetes-patch-merge-key")] if each]
        return [tuple(map(str, merged))] if merged else []

    def _told(self, item: Mapping[str, Any], key: str) -> str:
        default = self._default(key)
        return str(item.get(key, default if default is not None else ""))

    def _default(self, key: str) -> Any:
        return self.item().field(key).schema.get("default") if self.served else _DEFAULTS.get(key)

    def _of(self, schema: Any, name: str) -> Shape:
        found = as_map(schema)
        # A reference stands alone, or as the only one of `allOf` where a default stands beside it.
        for each in [found, *as_maps(found.get("allOf"))]:
            if isinstance(reference := each.get("$ref"), str):
                found = {**as_map(self.others.get(reference.rpartition("/")[2])), **found}
        return Shape(name, self.served, found, self.others)


class Schemas:
    """The shapes of a cluster's kinds; each document is asked for once. `unserved` says which could not be had."""

    def __init__(self, get: Callable[[str], Mapping[str, Any] | None]) -> None:
        self._get = get
        self._documents: dict[str, Mapping[str, Any]] = {}
        self.unserved: dict[str, str] = {}

    def shape(self, api_version: str, kind: str) -> Shape:
        schemas = self._schemas(api_version)
        group, _, version = api_version.rpartition("/")
        for schema in schemas.values():
            for each in as_maps(as_map(schema).get("x-kubernetes-group-version-kind")):
                if (each.get("group"), each.get("version"), each.get("kind")) == (group, version, kind):
                    return Shape("", True, as_map(schema), schemas)
        if schemas:
            self.unserved.setdefault(api_version, f"its OpenAPI document has no {kind}")
        return Shape()

    def _schemas(self, api_version: str) -> Mapping[str, Any]:
        if api_version not in self._documents:
            path = f"/openapi/v3/{'apis' if '/' in api_version else 'api'}/{api_version}"
            document = self._asked(api_version, path)
            for step in _SCHEMAS.split("/"):
                document = as_map(document.get(step))
            self._documents[api_version] = document or self._older(api_version)
        return self._documents[api_version]

    def _older(self, api_version: str) -> Mapping[str, Any]:
        """The one document of all groups, which servers before Kubernetes 1.27 have."""
        if "" not in self._documents:
            self._documents[""] = as_map(self._asked(api_version, "/openapi/v2").get("definitions"))
        if not self._documents[""]:
            self.unserved.setdefault(api_version, "the cluster serves no OpenAPI document for it")
        return self._documents[""]

    def _asked(self, api_version: str, path: str) -> Mapping[str, Any]:
        try:
            return self._get(path) or {}
        except RefusedError as error:
            self.unserved[api_version] = error.message
            return {}
