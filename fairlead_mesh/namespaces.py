"""Which namespaces does the mesh use, and how do their pods join it?"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from fairlead_mesh.access.mesh_access import DefaultDeny
from fairlead_mesh.apps.object_names import NamespaceObjectNames
from fairlead_mesh.istio import MutualTls
from fairlead_mesh.keys.scalars import DnsLabel, LabelKey, LabelValue
from fairlead_mesh.keys.section import Manifest, Section
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.sidecars import injects
from fairlead_mesh.telemetry.access_logs import AccessLogsOrBool

PodSecurityLevel = Literal["privileged", "baseline", "restricted"]
ALWAYS_THERE = ("default", "kube-node-lease", "kube-public", "kube-system")


POD_SECURITY = "pod-security.kubernetes.io"


class PodSecurity(Section):
    """Pod Security Standards for the namespaces that the stack creates."""

    mode: Literal["off", "warn", "enforce"] = "warn"
    """What happens to a pod that does not meet the level: warn has the API server warn of it and write it to the audit
    log, enforce rejects it (running pods stay until they restart), off sets no labels."""
    level: PodSecurityLevel = "baseline"
    """Level of namespaces without their own; at most baseline in those of istiod, gateways, addons and samples.
    Sidecars need istio-cni to meet it: without, namespaces with injection get no labels."""


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
    default_deny: DefaultDeny | None = None
    """Whether requests to its pods are denied unless `callers` of an app, or another policy, allow them: enforce, or
    dryRun to have proxies only log what they would deny."""
    access_logs: AccessLogsOrBool = None
    """What its proxies log of requests; defaults to `accessLogs` of the mesh."""
    pod_security: PodSecurityLevel | None = None
    """Pod Security level; podSecurity.mode says whether it is enforced. Defaults to podSecurity.level where the stack
    creates the namespace, else to none."""
    object_names: NamespaceObjectNames = NamespaceObjectNames()
    """Names of its policies that existed before the stack, where they have other names, such as
    {mtls: strict-mtls, defaultDeny: deny-all}; `fairlead init` writes it."""
    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict[str, str])
    """More labels."""

    @property
    def is_injected(self) -> bool:
        """Whether new pods get a sidecar."""
        return injects(as_map(namespace_object(self)["metadata"].get("labels")), {})

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


def pod_security_labels(level: PodSecurityLevel, mode: str) -> dict[str, str]:
    """The labels that the API server's admission reads; what is rejected is warned of too, where a Deployment is
    applied and no pod is created yet."""
    modes = {"off": (), "warn": ("audit", "warn"), "enforce": ("audit", "enforce", "warn")}[mode]
    return {f"{POD_SECURITY}/{each}": level for each in modes}
