"""How do tests compare two meshes? As lists of manifests, or as two evaluated stacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fairlead.comparison.compare import compare
from fairlead.comparison.comparison import Comparison, Side
from fairlead.evaluation.snapshot import HELM_RELEASE, STACK_TYPE, Resource, Snapshot

PREFIX = "urn:pulumi:test::fairlead"


def side(manifests: Sequence[dict[str, Any]], label: str = "side") -> Side:
    """A stack of plain objects and releases (`release(...)`), each under a name of its own."""
    root = Resource(f"{PREFIX}::{STACK_TYPE}::fairlead-test", STACK_TYPE, "fairlead-test", "", False, {})
    return Side(label, Snapshot("fairlead", "test", (root, *(_resource(each, root.urn) for each in manifests)), {}))


def compared(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]], *, deploys: bool = True) -> Comparison:
    return compare(side(before, "before"), side(after, "after"), deploys=deploys)


def release(name: str, chart: str, *, namespace: str = "istio-system", version: str = "1.30.3", **values: Any) -> Any:
    """The inputs of a Helm release."""
    repo = {"repo": "https://istio-release.storage.googleapis.com/charts"}
    place = {"name": name, "namespace": namespace, "chart": chart, "version": version}
    return {**place, "repositoryOpts": repo, "values": values}


def aws(type_: str, name: str, **inputs: Any) -> dict[str, Any]:
    """A resource of AWS: its type such as `aws:ec2/securityGroup:SecurityGroup`, its logical name and its inputs."""
    return {"_type": type_, "_name": name, **inputs}


def _resource(inputs: dict[str, Any], parent: str) -> Resource:
    if "_type" in inputs:
        type_, name = inputs["_type"], inputs["_name"]
        inputs = {key: value for key, value in inputs.items() if not key.startswith("_")}
    elif "chart" in inputs:
        type_, name = HELM_RELEASE, inputs["name"]
    else:
        metadata = inputs.get("metadata") or {}
        name = f"{metadata.get('namespace', '')}/{metadata.get('name', '')}"
        type_ = f"kubernetes:{inputs['apiVersion']}:{inputs['kind']}"
    return Resource(f"{PREFIX}::{type_}::{name}", type_, name, parent, True, inputs)
