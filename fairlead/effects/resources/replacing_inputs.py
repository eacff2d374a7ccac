"""Which inputs can a resource not change in place? What makes a provider delete it and create it anew.

Kubernetes: the table of pulumi-kubernetes, provider/pkg/provider/diff.go, with ConfigMaps and Secrets that its options
enableConfigMapMutable and enableSecretMutable leave immutable, and provider/pkg/provider/helm_release.go. AWS: the
attributes that force a new resource in the Terraform provider which pulumi-aws is made from; for rules of a group see
its internal/service/ec2/vpc_security_group_ingress_rule.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.evaluation.snapshot import UNKNOWN, Resource
from fairlead_mesh.model.objects.yaml_values import as_map

_IDENTITY = ("metadata.name", "metadata.namespace")
_STATEFUL_SET = ("podManagementPolicy", "revisionHistoryLimit", "selector", "serviceName", "volumeClaimTemplates")
_CLAIM = ("accessModes", "selector", "storageClassName", "volumeName")
_OF_KIND: dict[str, tuple[str, ...]] = {
    "ClusterRoleBinding": ("roleRef",),
    "DaemonSet": ("spec.selector",),
    "Deployment": ("spec.selector",),
    "Job": ("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
    "PersistentVolumeClaim": tuple(f"spec.{key}" for key in _CLAIM),
    "Pod": ("spec",),
    "ResourceQuota": ("spec.scopes",),
    "RoleBinding": ("roleRef",),
    "Secret": ("type",),
    "Service": ("spec.clusterIP",),
    "StatefulSet": tuple(f"spec.{key}" for key in _STATEFUL_SET),
    "StorageClass": ("parameters", "provisioner"),
}
_SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
"""A rule of a security group cannot change what kind of source it has."""
_REFUSED = ("ClusterRoleBinding", "DaemonSet", "Deployment", "RoleBinding", "StatefulSet")
_DATA = {"ConfigMap": ("binaryData", "data"), "Secret": ("data", "stringData")}
_MUTABLE = {"ConfigMap": "enableConfigMapMutable", "Secret": "enableSecretMutable"}
_OF_TYPE: dict[str, tuple[str, ...]] = {
    "aws:ec2/securityGroup:SecurityGroup": ("description", "name", "namePrefix", "vpcId"),
    "aws:ec2/securityGroupRule:SecurityGroupRule": (
        *("cidrBlocks", "fromPort", "ipv6CidrBlocks", "prefixListIds", "protocol", "securityGroupId", "self"),
        *("sourceSecurityGroupId", "toPort", "type"),
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ("securityGroupId",),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ("securityGroupId",),
    "kubernetes:helm.sh/v3:Release": ("name", "namespace"),
}


def replacing(
    old: Mapping[str, Any], new: Mapping[str, Any], resource: Resource, provider: Resource | None
) -> list[str]:
    """The paths of changed inputs that no update in place can change; `provider` is the one of the new state."""
    other_source = [key for key in _SOURCES if (key in old) != (key in new)] if _is_rule(resource) else []
    paths = sorted({*_fields(new, resource, provider), *other_source, *resource.options.get("replaceOnChanges", ())})
    ignored = set(resource.options.get("ignoreChanges", ()))
    return [path for path in paths if path not in ignored and _differs(_at(old, path), _at(new, path))]


def _is_rule(resource: Resource) -> bool:
    return resource.type.startswith("aws:vpc/securityGroup")


def refused(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The paths that the API server lets nobody change, at which a Helm upgrade fails."""
    paths = _OF_KIND[kind] if kind in _REFUSED else ()
    return [path for path in paths if _differs(_at(old, path), _at(new, path))]


def _fields(new: Mapping[str, Any], resource: Resource, provider: Resource | None) -> Iterator[str]:
    yield from _OF_TYPE.get(resource.type, ())
    if not resource.is_kubernetes_object:
        return
    yield from _IDENTITY
    if not resource.type.endswith("Patch"):
        kind = str(new.get("kind"))
        yield from _OF_KIND.get(kind, ())
        if kind in _DATA and not _mutable(kind, new, provider):
            yield from _DATA[kind]


def _mutable(kind: str, new: Mapping[str, Any], provider: Resource | None) -> bool:
    """Whether the provider may change such an object in place, which it does only where its options say so."""
    allowed = provider is not None and str(provider.inputs.get(_MUTABLE[kind])).lower() == "true"
    return allowed and new.get("immutable") is not True


def _at(inputs: Mapping[str, Any], path: str) -> Any:
    found: Any = inputs
    for key in path.split("."):
        found = as_map(found).get(key)
    return found


def _differs(old: Any, new: Any) -> bool:
    """A value that only a deployment knows may be the same one."""
    return old != new and UNKNOWN not in (old, new)
