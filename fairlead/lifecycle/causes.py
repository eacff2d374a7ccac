"""Why is a resource not ready? Asked of the cluster itself: its pods, what creates them, load balancers, finalizers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fairlead.cluster.answers import Ref
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.symptoms import (
    OPEN_PORT,
    RELEASE_IT,
    UNREACHED_WEBHOOK,
    has_address,
    held_by,
    is_balanced,
    is_ending,
)
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps

_UNABLE = {
    "ErrImagePull": "see that the image exists and that nodes may pull it (istio.hub, imagePullSecrets)",
    "ImagePullBackOff": "see that the image exists and that nodes may pull it (istio.hub, imagePullSecrets)",
    "InvalidImageName": "fix the name of the image",
    "CreateContainerConfigError": "create what it names",
    "CrashLoopBackOff": "read why it ended: kubectl -n {namespace} logs {name} -c {container} --previous",
    "RunContainerError": "see kubectl -n {namespace} describe pod {name}",
}
"""Reasons of a container that waits (Kubernetes, pkg/kubelet: container states) -> what to do."""
_NOT_CREATED = (
    (re.compile(r"exceeded quota"), "raise the ResourceQuota, or set lower resources"),
    (UNREACHED_WEBHOOK, OPEN_PORT),
    (re.compile(r"violates PodSecurity"), "set podSecurity of the namespace, or fix the pod"),
    (re.compile(r""), "see kubectl -n {namespace} describe {kind} {name}"),
)
_FINALIZERS = {
    "service.k8s.aws/resources": "the AWS Load Balancer Controller removes it: see that it runs, and its log",
    "eks.amazonaws.com/service": "EKS Auto Mode removes it: see the events of the Service",
    "service.eks.amazonaws.com/resources": "EKS Auto Mode removes it: see the events of the Service",
    "service.kubernetes.io/load-balancer-cleanup": "the cloud's controller removes it: see that it runs",
}


@dataclass(frozen=True, order=True)
class Cause:
    """What keeps `subject` from being ready, or from being gone, and what to do about it."""

    subject: str
    text: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.text}; {self.remedy}"


def causes(cluster: LiveCluster, namespaces: Iterable[str]) -> Iterator[Cause]:
    """What is seen in these namespaces, each cause once."""
    seen: set[Cause] = set()
    for namespace in sorted(set(namespaces)):
        for each in _in_namespace(cluster, namespace):
            if each not in seen:
                seen.add(each)
                yield each


def _in_namespace(cluster: LiveCluster, namespace: str) -> Iterator[Cause]:
    home = cluster.read(Ref("v1", "Namespace", "", namespace))
    if home is None:
        return
    events = _Events(cluster, namespace)
    for ref, pod in cluster.labelled("v1", "Pod", namespace, "").items():
        yield from _of_pod(ref, pod, events)
    for kind in ("ReplicaSet", "StatefulSet", "DaemonSet"):
        for ref in cluster.labelled("apps/v1", kind, namespace, ""):
            yield from _not_created(ref, events)
    for ref, service in cluster.labelled("v1", "Service", namespace, "").items():
        yield from _of_service(ref, service, events)
    yield from (Cause(f"Namespace {namespace}", f"is Terminating: {why}", RELEASE_IT) for why in held_by(home))


def _of_pod(ref: Ref, pod: dict[str, Any], events: _Events) -> Iterator[Cause]:
    status = as_map(pod.get("status"))
    if is_ending(pod) or status.get("phase") in ("Succeeded", "Failed"):
        return
    placed = _condition(status, "PodScheduled")
    if status.get("phase") == "Pending" and placed.get("status") != "True":
        why = str(placed.get("message") or events.of(ref) or "no scheduler has placed it")
        yield Cause(str(ref), why, "add nodes, or set lower resources")
        return
    for container in _containers(status):
        waiting = as_map(as_map(container.get("state")).get("waiting"))
        reason, name = str(waiting.get("reason") or ""), str(container.get("name"))
        if reason in _UNABLE:
            said = f"{reason}: {waiting['message']}" if waiting.get("message") else reason
            remedy = _UNABLE[reason].format(namespace=ref.namespace, name=ref.name, container=name)
            yield Cause(str(ref), f"container {name} cannot start: {said}", remedy)
        elif as_map(container.get("state")).get("running") and container.get("ready") is False:
            why = events.of(ref, "Unhealthy") or "is not ready"
            yield Cause(str(ref), f"container {name}: {why}", f"kubectl -n {ref.namespace} logs {ref.name} -c {name}")


def _containers(status: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key in ("initContainerStatuses", "containerStatuses"):
        yield from as_maps(status.get(key))


def _condition(status: dict[str, Any], name: str) -> dict[str, Any]:
    found = [each for each in as_maps(status.get("conditions")) if each.get("type") == name]
    return found[0] if found else {}


def _not_created(ref: Ref, events: _Events) -> Iterator[Cause]:
    """Pods that a controller was not allowed to create."""
    if said := events.of(ref, "FailedCreate"):
        remedy = next(words for form, words in _NOT_CREATED if form.search(said))
        words = {"namespace": ref.namespace, "name": ref.name, "kind": ref.kind.lower()}
        yield Cause(str(ref), said, remedy.format(**words))


def _of_service(ref: Ref, service: dict[str, Any], events: _Events) -> Iterator[Cause]:
    if is_ending(service):
        finalizers = [str(each) for each in as_list(as_map(service.get("metadata")).get("finalizers"))]
        for each in finalizers:
            said = f": {event}" if (event := events.of(ref)) else ""
            remedy = _FINALIZERS.get(each, "its controller removes it: see that it runs")
            yield Cause(str(ref), f"is being deleted and waits for the finalizer {each}{said}", remedy)
        return
    if is_balanced(service) and not has_address(service):
        why = events.of(ref) or "no controller has reported on it"
        remedy = (
            f"see that the controller of load balancers runs: kubectl -n {ref.namespace} describe service {ref.name}"
        )
        yield Cause(str(ref), f"its load balancer has no address yet: {why}", remedy)


class _Events:
    """Warnings of one namespace, read at the first question; the newest of an object counts."""

    def __init__(self, cluster: LiveCluster, namespace: str) -> None:
        self._cluster, self._namespace = cluster, namespace
        self._found: list[dict[str, Any]] | None = None

    def of(self, ref: Ref, reason: str = "") -> str:
        """What the newest warning about an object says; empty where there is none."""
        said = [
            each
            for each in self._warnings()
            if (about := as_map(each.get("involvedObject"))).get("kind") == ref.kind
            and about.get("name") == ref.name
            and reason in ("", each.get("reason"))
        ]
        return str(said[-1].get("message") or said[-1].get("reason")) if said else ""

    def _warnings(self) -> list[dict[str, Any]]:
        if self._found is None:
            events = self._cluster.labelled("v1", "Event", self._namespace, "").values()
            self._found = sorted((each for each in events if each.get("type") == "Warning"), key=_time)
        return self._found


def _time(event: dict[str, Any]) -> str:
    return str(
        event.get("lastTimestamp") or event.get("eventTime") or as_map(event.get("metadata")).get("creationTimestamp")
    )
