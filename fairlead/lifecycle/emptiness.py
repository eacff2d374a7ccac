"""Is nothing of a stack left? Looked for on the cluster and in the state, by what names the stack there."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairlead.cluster.answers import Ref
from fairlead.cluster.helm_records import HelmRecord, helm_records, release_of
from fairlead.cluster.live_cluster import LiveCluster
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.ownership import STACK_LABEL

KEPT = "helm.sh/resource-policy"
SETTLED_WITHIN = 30.0
"""Seconds that the garbage collection of a busy cluster takes after a deletion."""
_OF_HELM = "app.kubernetes.io/managed-by=Helm"
_DEFINITION = "CustomResourceDefinition"


@dataclass(frozen=True)
class Left:
    """What a stack left on a cluster: `objects` and Helm's `records` that must not be there, `kept` that its charts ask
    Helm to keep."""

    objects: tuple[Ref, ...]
    kept: tuple[Ref, ...]
    records: tuple[HelmRecord, ...] = ()

    @property
    def nothing(self) -> bool:
        return not self.objects and not self.records

    @property
    def releases(self) -> list[str]:
        return sorted({each.release for each in self.records})


def left_on(cluster: LiveCluster, mark: str, releases: set[str], within: float = SETTLED_WITHIN) -> Left:
    """What is left once what is being deleted has had its time.

    `releases` are the stack's own, as namespace/name: objects of theirs are found by Helm's annotations.
    """
    deadline = time.monotonic() + within
    while not (found := _left(cluster, mark, releases)).nothing and (more := deadline - time.monotonic()) > 0:
        # What is going already is waited for by itself: everything is looked through once more only in the end.
        cluster.wait_until_gone([*found.objects, *(each.ref for each in found.records)], more)
    return found


def _left(cluster: LiveCluster, mark: str, releases: set[str]) -> Left:
    found = cluster.inventory(f"{STACK_LABEL}={mark}", _OF_HELM)
    by_label = {ref for ref, metadata in found.items() if as_map(metadata.get("labels")).get(STACK_LABEL) == mark}
    of_charts = {ref: metadata for ref, metadata in found.items() if release_of(metadata) in releases}
    records = tuple(each for each in helm_records(cluster) if each.release in releases)
    kept = {ref for ref, metadata in of_charts.items() if _is_kept(ref, metadata)}
    return Left(tuple(sorted(by_label | (of_charts.keys() - kept))), tuple(sorted(kept)), records)


def _is_kept(ref: Ref, metadata: Mapping[str, Any]) -> bool:
    return ref.kind == _DEFINITION and as_map(metadata.get("annotations")).get(KEPT) == "keep"
