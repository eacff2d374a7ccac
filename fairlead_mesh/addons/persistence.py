"""What is kept when a pod is lost? A volume, whose claim goes with its release."""

from __future__ import annotations

from fairlead_mesh.keys.scalars import DnsLabel, Quantity
from fairlead_mesh.keys.section import Section, Values, given


class Persistence(Section):
    """A volume that outlives pods. Kubernetes deletes it with the claim, which is the release's."""

    size: Quantity
    """Its size, such as 20Gi."""
    storage_class: DnsLabel | None = None
    """Its StorageClass; defaults to that of the cluster."""

    def values(self, class_key: str = "storageClass") -> Values:
        """As charts have it."""
        return given(enabled=True, size=self.size, **{class_key: self.storage_class})


def claimed(persistence: Persistence | None, class_key: str = "storageClass") -> Values:
    """As charts of StatefulSets have it, whose claims would else stay when the release is deleted."""
    kept = {"enableStatefulSetAutoDeletePVC": True}
    return {**persistence.values(class_key), **kept} if persistence else {"enabled": False}
