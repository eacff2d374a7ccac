"""Which objects does a stack have, in whichever language it is written? Those of its resources, and of their charts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fairlead_mesh.model.graph import Graph, graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.gateway_chart import GATEWAY_CHART, GatewayChart

RELEASE = "kubernetes:helm.sh/v3:Release"
_OBJECT = re.compile(r"kubernetes:(?P<version>(core/)?[^:]+):(?P<kind>[A-Za-z]+)")
_ROOT = "istio-system"
_NO_OBJECTS = ("helm.sh/", "kustomize/", "yaml")


@dataclass(frozen=True)
class Release:
    """A chart that is installed: its last name, and the values that it is given."""

    chart: str
    item: Item
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Deployed:
    """What a stack puts on a cluster."""

    items: tuple[Item, ...]
    releases: tuple[Release, ...]
    urns: Mapping[Item, str] = field(default_factory=dict[Item, str])

    def urn(self, item: Item) -> str:
        """The URN of the resource that an object is, or comes from; empty where it was read from a file."""
        return self.urns.get(item, "")

    @cached_property
    def graph(self) -> Graph:
        """Every object; what a chart brings is there and nobody's to fix."""
        istiod = next((each for each in self.releases if each.chart == "istiod"), None)
        named = as_map(istiod.values.get("meshConfig")).get("rootNamespace") if istiod else None
        root = str(named or (istiod.item.namespace if istiod else _ROOT))
        return graph(self.items, closed=False, root_namespace=root)


def deployed(resources: Iterable[tuple[str, str, Mapping[str, Any]]]) -> Deployed:
    """The objects among resources, each given as its URN, its type and its properties."""
    items: list[Item] = []
    releases: list[Release] = []
    urns: dict[Item, str] = {}
    for urn, kind, props in resources:
        if kind == RELEASE:
            release = _release(urn, props)
            releases.append(release)
            urns[release.item] = urn
            brought = [Item(each, brought=True) for each in _gateway(release)]
            items += brought
            urns.update(dict.fromkeys(brought, urn))
        elif manifest := _manifest(kind, props):
            item = Item(manifest)
            items.append(item)
            urns[item] = urn
    return Deployed(tuple(items), tuple(releases), urns)


def _manifest(kind: str, props: Mapping[str, Any]) -> dict[str, Any] | None:
    found = _OBJECT.fullmatch(kind)
    if not found or found["version"].startswith(_NO_OBJECTS) or found["kind"].endswith(("Patch", "List")):
        return None
    version = found["version"].removeprefix("core/")
    own = {key: value for key, value in props.items() if key not in ("status", "__initialApiVersion", "__inputs")}
    return {"apiVersion": version, **own, "kind": found["kind"]}


def _release(urn: str, props: Mapping[str, Any]) -> Release:
    name, namespace = props.get("name") or urn.rpartition("::")[2], props.get("namespace") or "default"
    item = Item(
        {
            "apiVersion": "helm.sh/v3",
            "kind": "Release",
            "metadata": {"name": str(name), "namespace": str(namespace)},
            "spec": {"values": as_map(props.get("values"))},
        }
    )
    return Release(str(props.get("chart") or "").rstrip("/").rpartition("/")[2], item, as_map(props.get("values")))


def _gateway(release: Release) -> list[dict[str, Any]]:
    if release.chart != GATEWAY_CHART:
        return []
    return GatewayChart(release.item.name, release.item.namespace, dict(release.values)).objects
