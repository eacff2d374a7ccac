"""What does the program register? Plain data: one evaluated stack, without a Pulumi type in sight."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

HELM_RELEASE = "kubernetes:helm.sh/v3:Release"
STACK_TYPE = "pulumi:pulumi:Stack"
APP_TYPE = "fairlead:components:AppRouting"
_GATEWAY_TYPE = "fairlead:components:Gateway"
_CONTROL_PLANE_TYPE = "fairlead:components:ControlPlane"
PROVIDER_TYPES = "pulumi:providers:"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"

_CHARTS_OF_FOLDERS = {"istio-discovery": "istiod", "istio-cni": "cni", "istio-base": "base"}
"""Folders of Istio's source that are not called as their charts are."""

SECRET = "[secret]"  # noqa: S105 - what stands in its place
UNKNOWN = "[unknown]"


@dataclass(frozen=True)
class Resource:
    """One registered (or read) resource, as the engine would be told of it.

    `inputs` are plain values with camelCase keys; a secret is `SECRET` and a value that only a real
    deployment knows is `UNKNOWN`. `dependencies` are URNs, sorted. `options` holds only what was set. `fingerprints`
    tell secrets of one run apart without saying them, by their paths; empty where nobody asked for them.
    """

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    inputs: dict[str, Any]
    dependencies: tuple[str, ...] = ()
    provider: str = ""
    read: bool = False
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    plugin_version: str = ""
    fingerprints: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def is_release(self) -> bool:
        return self.type == HELM_RELEASE

    @property
    def chart(self) -> str:
        """What a release's chart is called: the last word of its name, its address or, in Istio's words, its folder."""
        last = str(self.inputs.get("chart") or "").rstrip("/").rpartition("/")[2]
        return _CHARTS_OF_FOLDERS.get(last, last)

    @property
    def is_kubernetes_object(self) -> bool:
        """Whether this is one Kubernetes object that the stack applies (`inputs` is its manifest)."""
        return self.custom and not self.read and "apiVersion" in self.inputs and "kind" in self.inputs


@dataclass(frozen=True)
class Lookup:
    """A question to the cloud or the cluster that a preview without credentials leaves open."""

    token: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """One stack, evaluated: `resources` with every dependency before what depends on it, in a stable order."""

    project: str
    stack: str
    resources: tuple[Resource, ...]
    outputs: dict[str, Any]
    lookups: tuple[Lookup, ...] = ()

    @cached_property
    def external(self) -> tuple[dict[str, Any], ...]:
        """Stand-ins for objects that exist though the stack does not apply them, as its apps and gateways say."""
        of = (APP_TYPE, _GATEWAY_TYPE)
        found: list[Any] = [each.inputs.get("external") or [] for each in self.resources if each.type in of]
        return tuple(cast("dict[str, Any]", each) for objects in found for each in objects)

    @cached_property
    def shared_root(self) -> str:
        """The namespace of the control plane that the stack uses and does not bring; empty where it brings its own."""
        found: list[Any] = [each.inputs.get("shared") for each in self.resources if each.type == _CONTROL_PLANE_TYPE]
        return next((str(each["namespace"]) for each in found if each), "")

    @cached_property
    def releases(self) -> tuple[Resource, ...]:
        """The Helm releases."""
        return tuple(each for each in self.resources if each.is_release)

    @cached_property
    def by_urn(self) -> dict[str, Resource]:
        return {resource.urn: resource for resource in self.resources}
