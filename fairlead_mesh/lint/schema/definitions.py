"""Which fields and values have Istio's kinds? The table that tools/istio_schema.py makes of Istio's definitions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

Node = Mapping[str, Any]
_TABLE = Path(__file__).with_name("istio_schema.json")
REMOVED = {
    "authentication.istio.io": "write a PeerAuthentication or a RequestAuthentication",
    "config.istio.io": "remove it with Mixer, which read it; a Telemetry or a WasmPlugin may do what it did",
    "rbac.istio.io": "write an AuthorizationPolicy",
}
"""Groups whose definitions Istio has installed no more since 1.6 or 1.8."""


@dataclass(frozen=True)
class Definition:
    """A kind: its API versions, what an object has beside its metadata, and the schema of its spec."""

    group: str
    versions: tuple[str, ...]
    required: tuple[str, ...]
    spec: int


@cache
def _table() -> dict[str, Any]:
    return json.loads(_TABLE.read_text(encoding="utf-8"))


@cache
def definitions() -> dict[str, dict[str, Definition]]:
    """Group -> kind -> its definition."""
    return {
        group: {
            kind: Definition(group, tuple(each["versions"]), tuple(each["required"]), each["spec"])
            for kind, each in kinds.items()
        }
        for group, kinds in _table()["kinds"].items()
    }


@cache
def of_kind(kind: str) -> Definition | None:
    """The definition of a kind that only Istio has; None for `Gateway`, which others have too, and what Istio lacks."""
    found = [kinds[kind] for kinds in definitions().values() if kind in kinds]
    return found[0] if found and kind != "Gateway" else None


@cache
def node(number: int) -> Node:
    """A part of a schema by its number."""
    return cast("Node", _table()["nodes"][number])
