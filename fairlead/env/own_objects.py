"""Which plain objects does an environment apply? Those of its source, in its own namespaces, with other images."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fairlead.env.wanted import Wanted
from fairlead.yaml_files.yaml_text import as_yaml
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

FOLDER = "environments"
_OF_ROUTING = (".istio.io", "gateway.networking.k8s.io")
_OF_THE_CLUSTER = frozenset(
    {"APIService", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "IngressClass", "Node"}
    | {"MutatingWebhookConfiguration", "PersistentVolume", "PriorityClass", "RuntimeClass", "StorageClass"}
    | {"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration"}
)
_LEAVE_OUT = "leave them out with --set objects=[]"


@dataclass
class OwnObjects:
    """The manifests, what keeps them from being made, and the images that were set."""

    manifests: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    problems: list[str] = field(default_factory=list[str])

    @property
    def namespaces(self) -> set[str]:
        """Those that the objects are in and do not bring."""
        brought = {str(each["metadata"]["name"]) for each in self.manifests if each.get("kind") == "Namespace"}
        return {str(space) for each in self.manifests if (space := each["metadata"].get("namespace"))} - brought

    def text(self) -> str:
        return "---\n".join(as_yaml(each) for each in self.manifests)


def objects_file(name: str) -> str:
    """Where they are written, relative to the program."""
    return f"{FOLDER}/{name}.yaml"


def own_objects(sources: Iterable[Mapping[str, Any]], wanted: Wanted) -> OwnObjects:
    """The objects of the source's files for an environment."""
    made = OwnObjects()
    unset, workloads = set(wanted.images), list[str]()
    for each in sources:
        manifest = copy.deepcopy(dict(each))
        metadata, kind = as_map(manifest.get("metadata")), str(manifest.get("kind"))
        name = str(metadata.get("name"))
        if why := _not_its_own(str(manifest.get("apiVersion")), kind):
            made.problems.append(f"objects: {kind} {name} {why}, or {_LEAVE_OUT}")
            continue
        if kind == "Namespace":
            metadata["name"] = wanted.own(name)
        else:
            metadata["namespace"] = wanted.own(str(metadata.get("namespace") or "default"))
        if pod := _pod(manifest):
            workloads.append(name)
            if name in wanted.images and _with_image(pod, name, wanted.images[name]):
                unset.discard(name)
        made.manifests.append({**manifest, "metadata": metadata})
    made.problems += [_no_workload(name, workloads) for name in sorted(unset)]
    return made


def _not_its_own(api_version: str, kind: str) -> str:
    """Why an object cannot be there a second time; empty where it can."""
    if api_version.partition("/")[0].endswith(_OF_ROUTING):
        return "routes requests of the source by its hosts: write its routing under apps"
    if kind in _OF_THE_CLUSTER:
        return "is of the whole cluster, and the source has it"
    return ""


def _pod(manifest: dict[str, Any]) -> dict[str, Any]:
    """The spec of the pods that an object makes; of a CronJob its job's."""
    spec = as_map(manifest.get("spec"))
    job = as_map(as_map(spec.get("jobTemplate")).get("spec"))
    return as_map(as_map((job or spec).get("template")).get("spec"))


def _with_image(pod: dict[str, Any], name: str, image: str) -> bool:
    """Set the image of the container that is called as its workload, or of the only one."""
    containers = as_maps(pod.get("containers"))
    meant = [each for each in containers if each.get("name") == name] or (containers if len(containers) == 1 else [])
    for each in meant:
        each["image"] = image
    return bool(meant)


def _no_workload(name: str, workloads: list[str]) -> str:
    there = f"there are {', '.join(sorted(workloads))}" if workloads else "the stack file lists none"
    return f"--image {name}: no workload of the objects has this name, or a container of it; {there}"
