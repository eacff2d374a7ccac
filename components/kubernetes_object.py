"""How does a plain manifest become a resource? One class for every kind, with the provider's own type tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi_kubernetes import _utilities

from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.model.objects.secret_parts import hidden
from fairlead_mesh.ownership import marked, stack_mark

from .owner import named

AWAITED_KINDS = frozenset(
    {"DaemonSet", "Deployment", "Ingress", "Job", "PersistentVolumeClaim", "Pod", "ReplicationController", "Service"}
    | {"StatefulSet"}
)
_SKIP_AWAIT = "pulumi.com/skipAwait"


def object_name(manifest: Manifest) -> str:
    """The logical name of an object of an addon, by name and kind."""
    return f"{manifest['metadata']['name']}-{manifest['kind'].lower()}"


class KubernetesObject(pulumi.CustomResource):
    """One Kubernetes object, created from its manifest as it is, with the label that names its stack.

    With `wait=False` the provider does not wait until its pods are ready; with `patch=True` the object exists
    already, gets the fields of the manifest by server-side apply, and loses just those when the stack goes. What is
    `ignored`, by its path, is written once and then left to others.
    """

    def __init__(
        self,
        name: str,
        manifest: Manifest,
        *,
        parent: pulumi.Resource,
        after: Sequence[pulumi.Resource] = (),
        wait: bool = True,
        patch: bool = False,
        ignored: Sequence[str] = (),
    ):
        token = f"kubernetes:{_group_version(manifest)}:{manifest['kind']}{'Patch' if patch else ''}"
        props: dict[str, Any] = manifest if wait else _not_awaited(manifest)
        if not patch:
            props = marked(props, stack_mark(pulumi.get_project(), pulumi.get_stack()))
        props = hidden(props, lambda _path, value: pulumi.Output.secret(value))
        version = _utilities.get_version()
        opts = pulumi.ResourceOptions(
            parent=parent, depends_on=list(after), version=version, ignore_changes=list(ignored) or None
        )
        super().__init__(token, named(name), props, opts)


def _group_version(manifest: Manifest) -> str:
    return "core/v1" if manifest["apiVersion"] == "v1" else manifest["apiVersion"]


def _not_awaited(manifest: Manifest) -> Manifest:
    if manifest["kind"] not in AWAITED_KINDS:
        return manifest
    metadata = manifest["metadata"]
    annotations = {**metadata.get("annotations", {}), _SKIP_AWAIT: "true"}
    return {**manifest, "metadata": {**metadata, "annotations": annotations}}
