"""What does Helm remember of a release? A Secret for each revision, as helm.sh/helm/v3/pkg/storage/driver writes it."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairlead.cluster.answers import Ref
from fairlead.cluster.live_cluster import LiveCluster
from fairlead_mesh.model.objects.yaml_values import as_map

INTERRUPTED = frozenset({"pending-install", "pending-upgrade", "pending-rollback", "uninstalling"})
STOOD = frozenset({"deployed", "superseded"})
"""Statuses of a revision that was installed to its end."""


@dataclass(frozen=True)
class HelmRecord:
    """One revision: `description` is what the installer said of it, `values` what it was given, `version` its chart's
    own."""

    ref: Ref
    name: str
    revision: int
    status: str
    description: str
    values: dict[str, Any]
    version: str = ""

    @property
    def is_whole(self) -> bool:
        return self.status == "deployed"

    @property
    def release(self) -> str:
        return f"{self.ref.namespace}/{self.name}"


def release_of(metadata: Mapping[str, Any]) -> str:
    """The release whose chart an object is of, as namespace/name, by the annotations that Helm sets."""
    annotations = as_map(metadata.get("annotations"))
    return f"{annotations.get('meta.helm.sh/release-namespace')}/{annotations.get('meta.helm.sh/release-name')}"


def helm_records(cluster: LiveCluster, namespace: str = "") -> list[HelmRecord]:
    """All revisions of all releases of a namespace, or of the whole cluster, the newest of each release first."""
    secrets = cluster.labelled("v1", "Secret", namespace, "owner=helm")
    records = [_record(ref, secret) for ref, secret in secrets.items()]
    return sorted(records, key=lambda each: (each.release, -each.revision))


def _record(ref: Ref, secret: dict[str, Any]) -> HelmRecord:
    labels = as_map(as_map(secret.get("metadata")).get("labels"))
    body = _decoded(as_map(secret.get("data")).get("release"))
    return HelmRecord(
        ref,
        str(labels.get("name", "")),
        int(labels.get("version") or 0),
        str(labels.get("status", "")),
        str(as_map(body.get("info")).get("description", "")),
        as_map(body.get("config")),
        str(as_map(as_map(body.get("chart")).get("metadata")).get("version", "")),
    )


def _decoded(data: Any) -> dict[str, Any]:
    """Helm compresses a release and encodes it, and the API encodes it again. What is neither says nothing."""
    try:
        inner = base64.b64decode(base64.b64decode(str(data)))
        return as_map(json.loads(gzip.decompress(inner)))
    except (ValueError, OSError, EOFError):
        return {}
