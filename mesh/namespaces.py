"""Which namespaces does the mesh use, and how do their pods join it?"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from mesh.istio import MutualTls
from mesh.keys.scalars import DnsLabel, LabelKey, LabelValue
from mesh.keys.section import Manifest, Section

ALWAYS_THERE = ("default", "kube-node-lease", "kube-public", "kube-system")


class Namespace(Section):
    """A namespace of the mesh."""

    name: DnsLabel
    """Name of the namespace."""
    adopt: bool | None = None
    """Whether it exists already: then it gets its labels and is kept when the stack is destroyed. Defaults to true for
    `default` and kube-*; any other namespace is created and deleted with the stack."""
    injection: bool | None = None
    """Whether new pods get a sidecar; if unset, the namespace has no injection label, which means no."""
    mtls: MutualTls | None = None
    """mTLS mode of its pods; defaults to that of the mesh."""
    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict[str, str])
    """More labels."""

    @property
    def adopted(self) -> bool:
        return self.name in ALWAYS_THERE if self.adopt is None else self.adopt


def namespace_object(namespace: Namespace) -> Manifest:
    """The Namespace with the label that istiod's injector looks for."""
    labels = dict(namespace.labels)
    if namespace.injection is not None:
        labels["istio-injection"] = "enabled" if namespace.injection else "disabled"
    metadata: dict[str, Any] = {"name": namespace.name}
    if labels:
        metadata["labels"] = dict(sorted(labels.items()))
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
