"""How does the state have a resource that an interrupted run created? As the engine would have written it down."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fairlead.cluster.applied_names import Inputs, release_name
from fairlead.cluster.helm_records import HelmRecord
from fairlead.evaluation.snapshot import HELM_RELEASE, SECRET, Resource
from fairlead.lifecycle.deployment import State
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

_SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
"""Marks a secret (pulumi/pulumi, sdk/go/common/resource/sig); an import encrypts what is `plaintext` beside it."""
_OF_THE_SDK = "compat"
"""An input that the provider does not keep."""
_TIMEOUT = 300
"""Seconds that a release without a time-out gets (pulumi-kubernetes, provider/pkg/provider/helm_release.go)."""


def state_entry(wanted: Resource, live: Mapping[str, Any], record: HelmRecord | None, provider: str) -> State:
    """`live` is the object on the cluster, `record` the newest revision of a release."""
    common: State = {
        "urn": wanted.urn,
        "custom": True,
        "type": wanted.type,
        "parent": wanted.parent,
        "dependencies": list(wanted.dependencies),
        "provider": provider,
    }
    if wanted.type == HELM_RELEASE:
        return {**common, "id": release_name(wanted.inputs), **_release(wanted.inputs, record)}
    metadata = as_map(live.get("metadata"))
    managers = [str(each.get("manager")) for each in as_maps(metadata.get("managedFields"))]
    ours = next((each for each in managers if each.startswith("pulumi-kubernetes")), "pulumi-kubernetes")
    outputs = {
        "apiVersion": live.get("apiVersion"),
        "kind": live.get("kind"),
        "metadata": {key: metadata[key] for key in ("name", "namespace") if key in metadata},
        "__fieldManager": ours,
        "__initialApiVersion": live.get("apiVersion"),
    }
    identifier = "/".join(str(metadata[key]) for key in ("namespace", "name") if metadata.get(key))
    # Without secrets and what only the engine knows: the engine compares, and applies what differs.
    inputs = {key: value for key, value in wanted.inputs.items() if key not in ("data", "stringData")}
    return {**common, "id": identifier, "inputs": inputs, "outputs": outputs}


def _release(wanted: Inputs, record: HelmRecord | None) -> State:
    """What a release was given. One that is installed as it is wanted is then not upgraded: an upgrade of Istio's
    charts lets their webhooks block until an istiod answers. Of any other the engine reads all, and upgrades it."""
    if record is None or not record.is_whole or SECRET in json.dumps(wanted):
        return {"inputs": {}, "outputs": {}}
    given = {**wanted, "values": record.values, "version": record.version, "description": record.description}
    inputs = {key: value for key, value in given.items() if value and key != _OF_THE_SDK}
    if not inputs.get("skipAwait"):
        inputs.setdefault("timeout", _TIMEOUT)
    return {"inputs": inputs, "outputs": {**inputs, "__inputs": {**_SECRET, "plaintext": json.dumps(inputs)}}}
