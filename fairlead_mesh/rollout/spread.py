"""Where do pods run, so that a zone or a host that fails takes few of them? The key `spread`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.together import at_least_one

Unsatisfiable = Literal["DoNotSchedule", "ScheduleAnyway"]


class Spread(Section):
    """Even numbers of pods in each zone or on each host, with a difference of at most one."""

    together = (at_least_one("zones", "hosts", what="write zones, hosts or both, such as zones: ScheduleAnyway"),)

    zones: Unsatisfiable | None = None
    """What happens to a pod that would make zones differ: DoNotSchedule leaves it pending, ScheduleAnyway only prefers
    other nodes; defaults to no constraint."""
    hosts: Unsatisfiable | None = None
    """The same for hosts (nodes)."""


def topology_spread_constraints(spread: Spread | None, selector: Mapping[str, str]) -> list[dict[str, Any]]:
    """The constraints of the pods with these labels.

    Those of each ReplicaSet are counted apart: else a rollout, with old and new pods together, ends unevenly
    (Kubernetes: concepts/scheduling-eviction/topology-spread-constraints, matchLabelKeys).
    """
    if spread is None:
        return []
    said = {"topology.kubernetes.io/zone": spread.zones, "kubernetes.io/hostname": spread.hosts}
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": unsatisfiable,
            "labelSelector": {"matchLabels": dict(selector)},
            "matchLabelKeys": ["pod-template-hash"],
        }
        for key, unsatisfiable in said.items()
        if unsatisfiable
    ]
