"""How is a draft written? As a stack file, and a file of objects for each namespace."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import yaml

from fairlead.project.files import SCHEMA
from fairlead_mesh.drafts.mesh_draft import MeshDraft, injection_of
from fairlead_mesh.keys.project import PROJECT
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.secret_parts import LAST_APPLIED
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

OBJECTS = "objects"
_OF_THE_SERVER = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid")
_ROOT = "istio-system"
_RELEASE = re.compile(r"/pilot:(\d+\.\d+\.\d+)")


def draft_files(draft: MeshDraft, context: str, stack: str, place: str) -> dict[str, str]:
    """Path -> text."""
    head = f"# yaml-language-server: $schema={SCHEMA}\n# Drafted from {place}: Istio and its gateways exist.\n"
    config = {f"{PROJECT}:{key}": value for key, value in sections(draft, context).items()}
    written = yaml.safe_dump({"config": config}, sort_keys=False, width=116, default_flow_style=None)
    return {f"Pulumi.{stack}.yaml": head + written, **_objects(draft)}


def sections(draft: MeshDraft, context: str) -> dict[str, Any]:
    """The keys of the stack file, those that have something."""
    root = draft.graph.root_namespace
    found: dict[str, Any] = {
        "cluster": {"kubeconfig": {"context": context}},
        "istio": {"controlPlane": "shared", **_version(draft), **({"namespace": root} if root != _ROOT else {})},
        "gateways": draft.gateways,
        "namespaces": [_namespace(draft, name) for name in draft.namespaces],
        "apps": [app.section for app in draft.apps],
        "egress": [host.section for host in draft.egress],
        "objects": [OBJECTS] if draft.kept else [],
    }
    return {key: value for key, value in found.items() if value}


def _version(draft: MeshDraft) -> dict[str, str]:
    """That of the istiod that runs, if it is told by its image: what is written fits it."""
    root = draft.graph.root_namespace
    pods = (each for each in draft.graph.workloads.get(root, []) if each.labels.get("app") == "istiod")
    images = (str(container.get("image")) for pod in pods for container in as_maps(pod.pod.get("containers")))
    found = (_RELEASE.search(image) for image in images)
    version = next((each[1] for each in found if each), "")
    return {"version": version} if version else {}


def _namespace(draft: MeshDraft, name: str) -> dict[str, Any]:
    injection, said = injection_of(draft.graph, name), draft.spaces.get(name)
    found: dict[str, Any] = {"name": name, "adopt": True}
    found |= {} if injection is None else {"injection": injection}
    return found | (said.section if said else {})


def _objects(draft: MeshDraft) -> dict[str, str]:
    by_namespace: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for item in sorted(draft.kept, key=lambda each: (each.namespace, each.kind, each.name)):
        by_namespace[item.namespace].append(own_part(item))
    return {
        f"{OBJECTS}/{namespace}.yaml": yaml.safe_dump_all(manifests, sort_keys=False, width=116)
        for namespace, manifests in by_namespace.items()
    }


def own_part(item: Item) -> dict[str, Any]:
    """The object as its author wrote it, with its namespace: without what the server and kubectl add."""
    metadata = {key: value for key, value in item.metadata.items() if key not in _OF_THE_SERVER}
    annotations = {key: value for key, value in as_map(metadata.get("annotations")).items() if key != LAST_APPLIED[-1]}
    metadata |= {"namespace": item.namespace, "annotations": annotations}
    kept = {key: value for key, value in metadata.items() if value not in ({}, None)}
    return {**{key: value for key, value in item.manifest.items() if key != "status"}, "metadata": kept}
