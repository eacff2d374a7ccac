"""Which secrets are known, by what writes or makes them, and what do they hold as text?"""

from __future__ import annotations

import base64
import binascii
from functools import cached_property
from typing import Any

from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map

PAIRS = (("tls.crt", "tls.key"), ("cert", "key"))
"""The names under which istiod reads a certificate and its key; the first pair that is whole."""
_NOT_SHOWN = "[secret]"


class KnownSecrets:
    """Secrets by (namespace, name), with those that a controller makes of another object."""

    def __init__(self, graph: Graph):
        self._graph = graph

    @cached_property
    def known(self) -> dict[tuple[str, str], Item]:
        return {(item.namespace, item.name): item for item in self._graph.all_of_kind("Secret")}

    @cached_property
    def made(self) -> set[tuple[str, str]]:
        names = {
            "Certificate": ("spec", "secretName"),
            "ExternalSecret": ("spec", "target", "name"),
            "SealedSecret": ("spec", "template", "metadata", "name"),
        }
        items = self._graph.all_of_kind(*names)
        return {(item.namespace, str(item.get(*names[item.kind]) or item.name)) for item in items}

    @cached_property
    def homes(self) -> dict[str, str]:
        """Name -> the first namespace that has a secret of that name."""
        return {name: namespace for namespace, name in sorted({*self.known, *self.made}, reverse=True)}

    def only_home(self, name: str) -> list[str]:
        """The namespace of the secret, where there is one of that name only."""
        found = [namespace for namespace, known in (*self.known, *self.made) if known == name]
        return found if len(found) == 1 else []

    @cached_property
    def namespaces(self) -> set[str]:
        return {namespace for namespace, _ in (*self.known, *self.made)}


def pair_of(secret: Item) -> tuple[str, str] | None:
    """The names of the certificate and the key that a secret has."""
    return next((pair for pair in PAIRS if all(has_key(secret, key) for key in pair)), None)


def has_key(secret: Item, *keys: str) -> bool:
    """Whether a secret has a value under one of these names."""
    return any(as_map(secret.manifest.get(part)).get(key) for part in ("data", "stringData") for key in keys)


def text_of_key(secret: Item, key: str) -> str | None:
    """The text under a name; None where it is not shown: what is no base64 stands for that, as [secret] does."""
    plain: Any = as_map(secret.manifest.get("stringData")).get(key)
    if plain is None:
        try:
            encoded = str(as_map(secret.manifest.get("data")).get(key))
            plain = base64.b64decode("".join(encoded.split()), validate=True).decode("ascii", "replace")
        except (binascii.Error, ValueError):
            return None
    return None if _NOT_SHOWN in str(plain) else str(plain)
