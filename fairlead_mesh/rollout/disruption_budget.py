"""How many pods does a node drain leave running? The key `podDisruptionBudget` and its object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fairlead_mesh.keys.pod_count import PodCount
from fairlead_mesh.keys.section import Manifest

DisruptionBudget = dict[Literal["minAvailable", "maxUnavailable"], PodCount]


def pod_disruption_budget(name: str, namespace: str, selector: Mapping[str, str], budget: DisruptionBudget) -> Manifest:
    """The budget of the pods with these labels."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {**budget, "selector": {"matchLabels": dict(selector)}},
    }
