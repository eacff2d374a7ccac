"""Can Istio's objects be deleted? A finalizer goes by an update, and an update asks istiod, if it is still there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fairlead.cluster.helm_records import release_of
from fairlead.cluster.live_cluster import LiveCluster
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

_GROUP = "admissionregistration.k8s.io/v1"
_KIND = "ValidatingWebhookConfiguration"


def without_dead_webhooks(cluster: LiveCluster, releases: set[str]) -> list[str]:
    """Let the validating webhooks of these releases (namespace/name) pass everything where nothing answers behind them.

    The API server rejects an update that such a webhook does not answer, and a deletion in the foreground then never
    ends. Says what was done; the webhooks are deleted with their release soon after.
    """
    said: list[str] = []
    for ref, live in cluster.labelled(_GROUP, _KIND, "", "").items():
        ours = release_of(as_map(live.get("metadata"))) in releases
        dead = [each for each in as_maps(live.get("webhooks")) if _blocks(each) and not _answered(cluster, each)]
        if ours and dead:
            webhooks = [{"name": each["name"], "failurePolicy": "Ignore"} for each in dead]
            cluster.apply(
                {"apiVersion": _GROUP, "kind": _KIND, "metadata": {"name": ref.name}, "webhooks": webhooks},
            )
            said.append(f"istiod does not answer: {ref} no longer blocks deletions")
    return said


def _blocks(webhook: Mapping[str, Any]) -> bool:
    return webhook.get("failurePolicy") != "Ignore"


def _answered(cluster: LiveCluster, webhook: Mapping[str, Any]) -> bool:
    """Whether a pod behind the webhook's Service is ready; one that is called by a URL cannot be looked at."""
    service = as_map(as_map(webhook.get("clientConfig")).get("service"))
    if not service:
        return True
    selector = f"kubernetes.io/service-name={service.get('name')}"
    slices = cluster.labelled("discovery.k8s.io/v1", "EndpointSlice", str(service.get("namespace")), selector)
    endpoints: Sequence[dict[str, Any]] = [each for one in slices.values() for each in as_maps(one.get("endpoints"))]
    return any(as_map(each.get("conditions")).get("ready") for each in endpoints)
