"""Which resources of a stack are an addon's? Those that its component makes."""

from __future__ import annotations

from collections import defaultdict

from fairlead.evaluation.snapshot import Resource, Snapshot
from fairlead_mesh.addons.addon import Addon
from fairlead_mesh.addons.addons import KINDS

_KINDS = {f"fairlead:components:{kind.__name__}": kind for kind in KINDS}


def addon_resources(snapshot: Snapshot) -> dict[type[Addon], list[Resource]]:
    """Kind of an addon -> its release, Secrets and other objects, in the order of the snapshot."""
    found: dict[type[Addon], list[Resource]] = defaultdict(list)
    for resource in snapshot.resources:
        parent = snapshot.by_urn.get(resource.parent)
        if resource.custom and parent and parent.type in _KINDS:
            found[_KINDS[parent.type]].append(resource)
    return found
