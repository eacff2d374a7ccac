"""Which kinds does a cluster know? Read from its aggregated discovery: two requests for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

AGGREGATED_DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


@dataclass(frozen=True)
class Kind:
    """One kind as the server serves it; `preferred` where no other version of its group comes first."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool
    preferred: bool
    verbs: tuple[str, ...]

    @property
    def path(self) -> str:
        """Where all its objects are listed."""
        return f"{self._root}/{self.plural}"

    def path_in(self, namespace: str) -> str:
        inner = f"{self._root}/namespaces/{quote(namespace, safe='')}/{self.plural}"
        return inner if self.namespaced else self.path

    @property
    def definition(self) -> str:
        """The name of the CustomResourceDefinition it would come from."""
        return f"{self.plural}.{self.api_version.partition('/')[0]}"

    @property
    def _root(self) -> str:
        return f"/apis/{self.api_version}" if "/" in self.api_version else f"/api/{self.api_version}"


def kinds_in_discovery(answer: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Kind]]:
    """Every kind of an aggregated discovery, by API version and kind."""
    for group in answer.get("items", []):
        seen: set[str] = set()
        for version in group.get("versions", []):
            name = group.get("metadata", {}).get("name")
            api_version = f"{name}/{version['version']}" if name else version["version"]
            for entry in version.get("resources", []):
                kind, plural = entry["responseKind"]["kind"], entry["resource"]
                namespaced, verbs = entry["scope"] == "Namespaced", tuple(entry["verbs"])
                yield (api_version, kind), Kind(api_version, kind, plural, namespaced, plural not in seen, verbs)
                seen.add(plural)
