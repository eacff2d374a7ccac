"""What of Istio is installed on a side? Its charts by what they are, Istio's root namespace, and the mesh around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

from fairlead.comparison.comparison import Comparison, Side
from fairlead.evaluation.differences import ABSENT, Difference
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.yaml_values import as_list, as_map
from fairlead_mesh.model.pods.gateway_chart import GATEWAY_CHART

ROOT_NAMESPACE = "istio-system"

_VERSION = re.compile(r"v?([0-9]{1,6})\.([0-9]{1,6})(?:\.([0-9]{1,6}))?")


@dataclass(frozen=True)
class Installed:
    """A Helm release: its place on the cluster, its chart by name (the folder's or the registry's last word)."""

    key: str
    chart: str
    version: str
    values: dict[str, Any]
    hidden: bool = False
    """Whether its values as a whole are a secret, so that nothing can be said of them."""

    @property
    def namespace(self) -> str:
        return self.key.partition("/")[0]

    @property
    def name(self) -> str:
        return self.key.partition("/")[2]

    @property
    def revision(self) -> str:
        return str(self.values.get("revision") or "default")

    @cached_property
    def minor(self) -> tuple[int, int] | None:
        """(1, 30) of 1.30.3; None for what has no such version."""
        found = _VERSION.match(self.version)
        return (int(found[1]), int(found[2])) if found else None

    @cached_property
    def order(self) -> tuple[int, int, int]:
        found = _VERSION.match(self.version)
        return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else (0, 0, 0)

    @property
    def mesh_config(self) -> dict[str, Any]:
        return as_map(self.values.get("meshConfig"))

    @property
    def served(self) -> set[str]:
        """The revisions that an istiod answers for: its own and its tags."""
        tags = self.values.get("revisionTags")
        return {self.revision, *(str(tag) for tag in as_list(tags))}


def installed(side: Side, *charts: str) -> dict[str, Installed]:
    """`namespace/name` -> release of one of these charts, in order; of all of them where none is named."""
    found = {each.key: each for each in _installed(side) if not charts or each.chart in charts}
    return dict(sorted(found.items()))


def _installed(side: Side) -> Iterator[Installed]:
    for key, release in side.releases.items():
        version = release.inputs.get("version")
        values: Any = release.inputs.get("values")
        hidden = isinstance(values, str)
        yield Installed(key, release.chart, str(version) if version else "", as_map(values), hidden)


def release_name(release: Installed) -> str:
    """What a person calls it: by its release, with the chart where that does not say it."""
    if release.chart == GATEWAY_CHART:
        return f"gateway {release.name}"
    return release.name if release.chart in release.name else f"{release.chart} ({release.name})"


def settings(comparison: Comparison, *charts: str) -> Iterator[tuple[Installed, Installed]]:
    """Releases of these charts on both sides whose values can be compared and are not the same."""
    before, after = installed(comparison.before, *charts), installed(comparison.after, *charts)
    for key in sorted(before.keys() & after.keys()):
        old, new = before[key], after[key]
        if old.values != new.values and not (old.hidden or new.hidden):
            yield old, new


def value_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Difference]:
    """Where two releases' values differ, value by value: what a map gains or loses is told by its parts."""
    was, now = dict(_leaves(old, "")), dict(_leaves(new, ""))
    paths = (path for path in sorted({*was, *now}) if was.get(path, ABSENT) != now.get(path, ABSENT))
    return [Difference(path, was.get(path, ABSENT), now.get(path, ABSENT)) for path in paths]


def _leaves(values: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        below = f"{path}.{key}" if path else str(key)
        if isinstance(value, dict):
            yield from _leaves(cast("dict[str, Any]", value), below)
        else:
            yield below, value


def root_namespace(side: Side) -> str:
    """Where policies hold for the whole mesh: MeshConfig says it, else it is where istiod runs."""
    for istiod in installed(side, "istiod").values():
        named = istiod.mesh_config.get("rootNamespace") or as_map(istiod.values.get("global")).get("istioNamespace")
        return str(named or istiod.namespace)
    return side.snapshot.shared_root or ROOT_NAMESPACE


def mesh(side: Side) -> Graph:
    """The side's objects, with the root namespace that its istiod has."""
    root = root_namespace(side)
    return side.graph if root == side.graph.root_namespace else replace(side.graph, root_namespace=root)
